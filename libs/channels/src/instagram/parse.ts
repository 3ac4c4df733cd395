import type { ChannelEvent, JsonObject } from '@workflows/core';
import { cleanJson, idAt, instantAt, isObject, numberAt, objectAt, objectsAt, textAt } from '../meta/payload.js';
import { readComment } from './read-comment.js';
import { readMessage, readPostback, readReaction } from './read-message.js';

/**
 * Reads a webhook body of the product Instagram: every entry with its messages and comments, in order. Some senders wrap
 * the whole body in a list.
 */
export function parse(body: unknown): ChannelEvent[] {
  const json = cleanJson(body);
  if (Array.isArray(json)) return json.flatMap((part) => (Array.isArray(part) ? [] : parse(part)));
  if (!isObject(json) || textAt(json, 'object') !== 'instagram') return [{ type: 'notice', field: 'envelope', raw: json }];
  return objectsAt(json, 'entry').flatMap(readEntry);
}

/** Accounts of Instagram Login have a comment in the entry itself, those of Facebook Login in its `changes`. */
function readEntry(entry: JsonObject): ChannelEvent[] {
  const changes = [...objectsAt(entry, 'changes'), ...('field' in entry ? [entry] : [])];
  return [
    ...objectsAt(entry, 'messaging').flatMap((messaging) => readMessaging(messaging, entry)),
    ...objectsAt(entry, 'standby').map((raw): ChannelEvent => ({ type: 'notice', field: 'standby', raw })),
    ...changes.map((change) => readChange(change, entry)),
  ];
}

function readChange(change: JsonObject, entry: JsonObject): ChannelEvent {
  const field = textAt(change, 'field') ?? 'unknown';
  const account = idAt(entry, 'id');
  const comment = ['comments', 'live_comments'].includes(field)
    ? readComment(objectAt(change, 'value'), account, timeOf(entry, 'time'))
    : null;
  return comment ?? notice(account, field, change);
}

/** The account is who a message goes to: in some webhooks the entry is named after the contact. */
function readMessaging(messaging: JsonObject, entry: JsonObject): ChannelEvent[] {
  const sender = idAt(objectAt(messaging, 'sender'), 'id');
  const recipient = idAt(objectAt(messaging, 'recipient'), 'id') ?? idAt(entry, 'id');
  const at = timeOf(messaging, 'timestamp') ?? timeOf(entry, 'time') ?? new Date(0).toISOString();
  if (sender === undefined || recipient === undefined) return [notice(recipient, 'messaging.incomplete', messaging)];
  const from = { account: recipient, sender, at };
  const message = objectAt(messaging, 'message');
  if (message['is_echo'] === true) return [readEcho(message, sender, at, messaging)];
  if ('message' in messaging) return readMessage(message, from) ?? [notice(recipient, 'message.incomplete', messaging)];
  if ('postback' in messaging) return [readPostback(objectAt(messaging, 'postback'), from)];
  if ('reaction' in messaging)
    return [readReaction(objectAt(messaging, 'reaction'), from) ?? notice(recipient, 'reaction', messaging)];
  if ('read' in messaging) return [readSeen(objectAt(messaging, 'read'), recipient, at, messaging)];
  const field = ['referral', 'message_edit', 'optin'].find((name) => name in messaging) ?? 'messaging.unknown';
  return [notice(recipient, field, messaging)];
}

/**
 * Whatever the account sends comes back, also what we have sent, and often before the answer to the send. As a receipt it
 * finds its own message by the id, now or as soon as that is known, and starts nothing.
 */
function readEcho(message: JsonObject, account: string, at: string, raw: JsonObject): ChannelEvent {
  const messageId = idAt(message, 'mid');
  return messageId === undefined ? notice(account, 'echo', raw) : { type: 'status', account, messageId, status: 'sent', at };
}

function readSeen(read: JsonObject, account: string, at: string, raw: JsonObject): ChannelEvent {
  const messageId = idAt(read, 'mid');
  return messageId === undefined ? notice(account, 'read', raw) : { type: 'status', account, messageId, status: 'read', at };
}

function notice(account: string | undefined, field: string, raw: JsonObject): ChannelEvent {
  return { type: 'notice', ...(account === undefined ? {} : { account }), field, raw };
}

/** Times are milliseconds; those of Facebook Login's changes are seconds. Seconds have eleven digits in the year 5138. */
function timeOf(object: JsonObject, key: string): string | undefined {
  return instantAt(object, key, (numberAt(object, key) ?? 0) >= 1e11 ? 'milliseconds' : 'seconds');
}
