import type { ChannelEvent, JsonObject } from '@workflows/core';
import { idAt, objectAt, textAt } from '../meta/payload.js';

/**
 * A comment below a post of the account. It opens no window: only its one private answer may follow. Null for what cannot
 * be answered, and for the account's own comments: whoever answers those answers for ever.
 */
export function readComment(value: JsonObject, account: string | undefined, at: string | undefined): ChannelEvent | null {
  const id = idAt(value, 'id', 'comment_id');
  const from = objectAt(value, 'from');
  const author = idAt(from, 'id');
  const mediaId = idAt(objectAt(value, 'media'), 'id');
  if (account === undefined || id === undefined || author === undefined || mediaId === undefined) return null;
  if (author === account) return null;
  const username = textAt(from, 'username');
  return {
    type: 'message',
    account,
    aliases: [{ kind: 'igsid', value: author }],
    ...(username === undefined ? {} : { name: username }),
    message: {
      id,
      at: at ?? new Date(0).toISOString(),
      kind: 'text',
      opensWindow: false,
      text: textAt(value, 'text') ?? '',
      comment: { id, mediaId, ...(username === undefined ? {} : { username }) },
    },
  };
}
