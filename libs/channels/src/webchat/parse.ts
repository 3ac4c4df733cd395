import type { ChannelEvent } from '@workflows/core';
import { z } from 'zod';
import { isVisitorName, type Visitor } from './visitor-token.js';

const account = z.string().min(1).max(100);
const visitor = z.string().refine(isVisitorName);

/** What the page posts: one message of its visitor. Text is cleaned of what no Postgres `jsonb` holds. */
const postShape = z.object({
  account,
  visitor,
  /** Made by the page, once for each message: a repeat is dropped. */
  id: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/),
  name: clean(200).optional(),
  text: clean(8000).optional(),
  /** A button that was tapped. */
  option: z.object({ id: clean(64), title: clean(40) }).optional(),
});

/** The message in a body, or a notice about a body that is none. `at`: the time of this process, as the page's may be wrong. */
export function parse(body: unknown, at: string): ChannelEvent[] {
  const read = postShape.safeParse(body);
  if (!read.success) return [{ type: 'notice', field: read.error.issues[0]?.path.join('.') ?? 'body', raw: null }];
  const { account: to, visitor: from, id, name, text = '', option } = read.data;
  if (option === undefined && text.trim() === '') return [{ type: 'notice', account: to, field: 'text', raw: null }];
  const said =
    option === undefined ? ({ kind: 'text', text } as const) : ({ kind: 'option', text: option.title, option } as const);
  return [
    {
      type: 'message',
      account: to,
      aliases: [{ kind: 'webchat', value: from }],
      ...(name === undefined || name === '' ? {} : { name }),
      message: { id: `${from}:${id}`, at, ...said },
    },
  ];
}

const senderShape = z.object({ account, visitor });

/** Who the body says that it comes from; null when it says nothing of that kind. */
export function senderOf(rawBody: Buffer): Visitor | null {
  try {
    return senderShape.safeParse(JSON.parse(rawBody.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function clean(max: number) {
  return z
    .string()
    .max(max)
    .transform((text) => text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\uFFFD'));
}
