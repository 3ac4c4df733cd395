import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { GraphError } from '../graph/graph-error.js';
import type { InstagramAccount } from '../records.js';

const HOUR_MS = 60 * 60 * 1000;
const WINDOW_MS = 24 * HOUR_MS;
const PRIVATE_REPLY_MS = 7 * 24 * HOUR_MS;

interface Comment {
  account: string;
  author: string;
  atMs: number;
  /** True when its one private answer has been sent. */
  answered: boolean;
}

/** Accounts on Instagram, who may be written to, and the comments below their posts. In memory only. */
export class InstagramWorld {
  readonly accounts = new Map<string, InstagramAccount>();
  /** Last message of a person to an account, in milliseconds of emulator time. */
  private readonly lastInbound = new Map<string, number>();
  private readonly comments = new Map<string, Comment>();

  /** The account that a request is for, or null when its id is none. @throws GraphError 190 for a wrong token */
  authorised(request: FastifyRequest): InstagramAccount | null {
    const { params } = request;
    const id = typeof params === 'object' && params !== null && 'id' in params ? params.id : undefined;
    const account = this.accounts.get(String(id));
    return account === undefined ? null : requireToken(account, request);
  }

  /** The account below whose post a comment stands. @throws GraphError 100 for an unknown comment, 190 for a wrong token */
  authorisedFor(commentId: string, request: FastifyRequest): InstagramAccount {
    const account = this.accounts.get(this.comments.get(commentId)?.account ?? '');
    if (account === undefined) throw new GraphError(100, 'There is no such comment', { subcode: 33 });
    return requireToken(account, request);
  }

  wrote(account: string, person: string, nowMs: number): void {
    this.lastInbound.set(`${account}/${person}`, nowMs);
  }

  commented(commentId: string, account: string, author: string, atMs: number): void {
    this.comments.set(commentId, { account, author, atMs, answered: false });
  }

  /** @throws GraphError 10 when the person has not written for a day */
  requireOpenWindow(account: string, person: string, nowMs: number): void {
    const last = this.lastInbound.get(`${account}/${person}`);
    if (last !== undefined && nowMs - last < WINDOW_MS) return;
    throw new GraphError(10, 'This message is sent outside of allowed window.', { subcode: 2534022 });
  }

  /** Who wrote the comment; it cannot be answered in private again. @throws GraphError 100 when it may not be at all */
  answerInPrivate(account: string, commentId: string, nowMs: number): string {
    const comment = this.comments.get(commentId);
    if (comment === undefined || comment.account !== account)
      throw new GraphError(100, 'There is no such comment', { subcode: 33 });
    if (comment.answered || nowMs - comment.atMs >= PRIVATE_REPLY_MS)
      throw new GraphError(100, 'The comment was answered already or is too old', { subcode: 2534025 });
    comment.answered = true;
    return comment.author;
  }

  authorOf(commentId: string): string | null {
    return this.comments.get(commentId)?.author ?? null;
  }

  reset(keepAccounts: boolean): void {
    if (!keepAccounts) this.accounts.clear();
    this.lastInbound.clear();
    this.comments.clear();
  }
}

/** In the shape of Meta's ids on Instagram: long, and of letters that nobody should read. */
export function newInstagramId(): string {
  return `aWdf${randomBytes(36).toString('base64url')}`;
}

function requireToken(account: InstagramAccount, request: FastifyRequest): InstagramAccount {
  if (request.headers.authorization === `Bearer ${account.accessToken}`) return account;
  throw new GraphError(190, 'The access token could not be decrypted');
}
