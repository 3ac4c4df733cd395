import { MESSAGE_STATUSES, type ChannelEvent, type JsonObject, type MessageStatus } from '@workflows/core';
import { failureOfError } from './failure.js';
import { aliasesOfMessage, nameOfContact, senderOf } from './identity.js';
import { cleanJson, idAt, instantAt, isObject, objectAt, objectsAt, textAt } from '../meta/payload.js';
import { readMessage } from './read-message.js';

/**
 * Reads a webhook body of the product WhatsApp: every entry, change, message, status and error, in order. Each event
 * carries the phone_number_id of its own change, because Meta has one callback per app and mixes tenants in a body.
 */
export function parse(body: unknown): ChannelEvent[] {
  const json = cleanJson(body);
  if (!isObject(json) || textAt(json, 'object') !== 'whatsapp_business_account') {
    return [{ type: 'notice', field: 'envelope', raw: json }];
  }
  return objectsAt(json, 'entry').flatMap((entry) => objectsAt(entry, 'changes').flatMap((change) => readChange(change, entry)));
}

function readChange(change: JsonObject, entry: JsonObject): ChannelEvent[] {
  const field = textAt(change, 'field') ?? 'unknown';
  const value = objectAt(change, 'value');
  const account = idAt(objectAt(value, 'metadata'), 'phone_number_id');
  if (field === 'smb_message_echoes') {
    const echoes = objectsAt(value, 'message_echoes').map((message) => readEcho(message, account, instantAt(entry, 'time')));
    return echoes.length > 0 ? echoes : [{ type: 'notice', account, field, raw: change }];
  }
  if (field !== 'messages') return [{ type: 'notice', account, field, raw: change }];

  const events = [
    ...objectsAt(value, 'messages').map((message) => readInbound(message, value, account, instantAt(entry, 'time'))),
    ...objectsAt(value, 'statuses').map((status) => readStatus(status, account, instantAt(entry, 'time'))),
    ...objectsAt(value, 'errors').map((error): ChannelEvent => ({
      type: 'notice',
      account,
      field: 'errors',
      code: idAt(error, 'code'),
      raw: error,
    })),
  ];
  return events.length > 0 ? events : [{ type: 'notice', account, field, raw: change }];
}

function readInbound(
  message: JsonObject,
  value: JsonObject,
  account: string | undefined,
  entryTime: string | undefined,
): ChannelEvent {
  const id = idAt(message, 'id');
  const sender = senderOf(message, objectsAt(value, 'contacts'));
  const aliases = aliasesOfMessage(message, sender);
  // Without an id a repeat cannot be told from a new message; without a sender or an account nobody can answer.
  if (account === undefined || id === undefined || aliases.length === 0) {
    return { type: 'notice', account, field: 'messages.incomplete', raw: message };
  }
  // Answering a group's member in private would be a surprise to both.
  if (idAt(message, 'group_id') !== undefined) return { type: 'notice', account, field: 'messages.group', raw: message };

  const name = nameOfContact(sender);
  const at = instantAt(message, 'timestamp') ?? entryTime ?? new Date(0).toISOString();
  return { type: 'message', account, aliases, ...(name === undefined ? {} : { name }), message: readMessage(message, id, at) };
}

/** A message that somebody sent from the phone app. It must never start or resume a run: that would be a loop. */
function readEcho(message: JsonObject, account: string | undefined, entryTime: string | undefined): ChannelEvent {
  const id = idAt(message, 'id');
  const aliases = aliasesOfMessage({}, { wa_id: idAt(message, 'to') ?? null, user_id: idAt(message, 'to_user_id') ?? null });
  const changesAnOldOne = ['edit', 'revoke'].includes(textAt(message, 'type') ?? '');
  if (account === undefined || id === undefined || aliases.length === 0 || changesAnOldOne) {
    return { type: 'notice', account, field: 'smb_message_echoes', raw: message };
  }
  const at = instantAt(message, 'timestamp') ?? entryTime ?? new Date(0).toISOString();
  return { type: 'echo', account, aliases, message: readMessage(message, id, at) };
}

function readStatus(status: JsonObject, account: string | undefined, entryTime: string | undefined): ChannelEvent {
  const messageId = idAt(status, 'id');
  const word = textAt(status, 'status');
  if (account === undefined || messageId === undefined || !isMessageStatus(word)) {
    return { type: 'notice', account, field: 'statuses.unknown', raw: status };
  }
  const effectRef = textAt(status, 'biz_opaque_callback_data');
  return {
    type: 'status',
    account,
    messageId,
    ...(effectRef === undefined ? {} : { effectRef }),
    status: word,
    at: instantAt(status, 'timestamp') ?? entryTime ?? new Date(0).toISOString(),
    ...(word === 'failed' ? { failure: failureOfError(objectsAt(status, 'errors')[0] ?? {}) } : {}),
  };
}

function isMessageStatus(word: string | undefined): word is MessageStatus {
  return MESSAGE_STATUSES.some((status) => status === word);
}
