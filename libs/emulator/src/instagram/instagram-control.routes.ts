import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { bodyOf } from '../control/control-body.js';
import { ControlError } from '../control/control-error.js';
import { accountFields } from '../control/requests.js';
import type { Emulation } from '../emulation.js';
import type { InstagramAccount } from '../records.js';
import { handshakeProblem } from '../webhooks/handshake.js';
import { deliver, deliverMessaging } from './instagram-webhooks.js';
import { newInstagramId } from './instagram-world.js';

const accountRequest = z.strictObject({
  ...accountFields,
  username: z.string().min(1).default('emulated.shop'),
});

const personRequest = z
  .strictObject({
    text: z.string().min(1).optional(),
    /** Taps a quick reply of a message of the account, by id or title. */
    tap: z.string().min(1).optional(),
    /** An ice breaker, or an entry of the menu. */
    postback: z.strictObject({ payload: z.string().min(1), title: z.string().min(1) }).optional(),
    /** A file; several make one message with several attachments. */
    files: z
      .array(z.strictObject({ type: z.enum(['image', 'video', 'audio', 'file']), url: z.url() }))
      .min(1)
      .optional(),
    /** `reply`: the text answers this story; `mention`: the person's own story mentions the account. */
    story: z.strictObject({ kind: z.enum(['reply', 'mention']), id: z.string().min(1) }).optional(),
    reaction: z.strictObject({ messageId: z.string().min(1), emoji: z.string() }).optional(),
    /** Id of the message that this one quotes. */
    quote: z.string().optional(),
  })
  .refine(
    ({ text, tap, postback, files, story, reaction }) =>
      [tap, postback, files, reaction, story ?? text].filter((part) => part !== undefined).length === 1,
    'give exactly one of text, tap, postback, files, story and reaction; a story may have a text',
  );

const commentRequest = z.strictObject({
  text: z.string().min(1),
  username: z.string().min(1).default('a.person'),
  mediaId: z.string().min(1).default('178000000000001'),
  /** As accounts of Facebook Login get it. */
  inChanges: z.boolean().default(false),
});

export type InstagramAccountRequest = z.input<typeof accountRequest>;
export type InstagramMessageRequest = z.input<typeof personRequest>;
export type InstagramCommentRequest = z.input<typeof commentRequest>;

interface Person {
  Params: { account: string; person: string };
  Body: Buffer;
}

/** Accounts on Instagram, and people who write to them, react and comment. */
export function instagramControlRoutes(app: FastifyInstance, emulation: Emulation): void {
  const { clock, instagram } = emulation;

  app.put<{ Params: { account: string }; Body: Buffer }>('/instagram/:account', async (request) => {
    const account: InstagramAccount = { phoneNumberId: request.params.account, ...bodyOf(accountRequest, request.body) };
    const problem = await handshakeProblem(account);
    if (problem !== null) throw new ControlError(422, problem);
    instagram.accounts.set(account.phoneNumberId, account);
    return account;
  });

  app.post<Person>('/instagram/:account/people/:person/messages', (request) => {
    const { person } = request.params;
    const account = accountOf(emulation, request.params.account);
    const said = bodyOf(personRequest, request.body);
    const messageId = newInstagramId();
    const event = eventOf(emulation, account, person, said, messageId);
    if (said.reaction === undefined) instagram.wrote(account.phoneNumberId, person, clock.now().getTime());
    deliverMessaging(emulation, account, person, event);
    return { messageId };
  });

  app.post<Person>('/instagram/:account/people/:person/comments', (request) => {
    const { person } = request.params;
    const account = accountOf(emulation, request.params.account);
    const { text, username, mediaId, inChanges } = bodyOf(commentRequest, request.body);
    const commentId = newInstagramId();
    instagram.commented(commentId, account.phoneNumberId, person, clock.now().getTime());
    const value = { id: commentId, from: { id: person, username }, text, media: { id: mediaId, media_product_type: 'FEED' } };
    const change = { field: 'comments', value };
    deliver(emulation, account, 'comments', inChanges ? { changes: [change] } : change);
    return { commentId };
  });
}

type Said = z.infer<typeof personRequest>;

function eventOf(
  emulation: Emulation,
  account: InstagramAccount,
  person: string,
  { text, tap, postback, files, story, reaction, quote }: Said,
  mid: string,
): Record<string, unknown> {
  if (postback !== undefined) return { postback: { mid, ...postback } };
  if (reaction !== undefined) {
    const { messageId, emoji } = reaction;
    return {
      reaction: { mid: messageId, ...(emoji === '' ? { action: 'unreact' } : { action: 'react', reaction: 'other', emoji }) },
    };
  }
  if (tap !== undefined) {
    const option = offered(emulation, account, person, tap);
    return { message: { mid, text: option.title, quick_reply: { payload: option.id } } };
  }
  const url = `https://cdn.example.com/${story?.id ?? 'file'}`;
  if (story?.kind === 'mention') return { message: { mid, attachments: [{ type: 'story_mention', payload: { url } }] } };
  return {
    message: {
      mid,
      ...(text === undefined ? {} : { text }),
      ...(files === undefined ? {} : { attachments: files.map((file) => ({ type: file.type, payload: { url: file.url } })) }),
      ...(story === undefined ? {} : { reply_to: { story: { id: story.id, url } } }),
      ...(quote === undefined ? {} : { reply_to: { mid: quote } }),
    },
  };
}

function offered({ ledger }: Emulation, { phoneNumberId }: InstagramAccount, waId: string, tap: string) {
  const options = ledger.list({ phoneNumberId, waId, limit: Infinity }).flatMap((entry) => entry.options);
  const option = options.findLast(({ id, title }) => id === tap || title === tap);
  if (option === undefined) throw new ControlError(404, `No message to this person offers "${tap}".`);
  return option;
}

function accountOf({ instagram }: Emulation, id: string): InstagramAccount {
  const account = instagram.accounts.get(id);
  if (account !== undefined) return account;
  const known = [...instagram.accounts.keys()].join(', ') || 'none';
  throw new ControlError(404, `No Instagram account "${id}" is registered. Registered are: ${known}.`);
}
