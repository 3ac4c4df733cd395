import type { ContactAlias, JsonObject } from '@workflows/core';
import { idAt, objectAt, textAt } from '../meta/payload.js';

/**
 * The entry of `contacts` that belongs to a message: the one that shares a name with it, else the only one, unless
 * that names somebody else. A wrong guess would merge two people into one contact.
 */
export function senderOf(message: JsonObject, contacts: JsonObject[]): JsonObject {
  const pairs = (contact: JsonObject) => [
    [idAt(message, 'from'), idAt(contact, 'wa_id')],
    [idAt(message, 'from_user_id'), idAt(contact, 'user_id')],
  ];
  const sharesName = (contact: JsonObject) => pairs(contact).some(([ours, theirs]) => ours !== undefined && ours === theirs);
  const isSomebodyElse = (contact: JsonObject) =>
    pairs(contact).some(([ours, theirs]) => ours !== undefined && theirs !== undefined && ours !== theirs);
  const only = contacts.length === 1 ? contacts[0] : undefined;
  return contacts.find(sharesName) ?? (only !== undefined && !isSomebodyElse(only) ? only : {});
}

/**
 * All names of a message's sender. People with a username have no `from` and no `wa_id`: they are known by their
 * business-scoped user id alone, and whoever insists on `from` loses their messages with a 200.
 */
export function aliasesOfMessage(message: JsonObject, sender: JsonObject): ContactAlias[] {
  const names: Array<[ContactAlias['kind'], string | undefined]> = [
    ['wa_id', idAt(message, 'from') ?? idAt(sender, 'wa_id')],
    ['bsuid', idAt(message, 'from_user_id') ?? idAt(sender, 'user_id')],
    ['parent_bsuid', idAt(message, 'from_parent_user_id') ?? idAt(sender, 'parent_user_id')],
  ];
  return names.flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
}

/** The profile's name, else the username, which comes with and without its `@`. */
export function nameOfContact(sender: JsonObject): string | undefined {
  const profile = objectAt(sender, 'profile');
  return textAt(profile, 'name') ?? textAt(profile, 'username')?.replace(/^@/, '');
}

/** Names a contact from what a person wrote: a phone number in international form, or a business-scoped user id. */
export function aliasOfAddress(address: string): ContactAlias | null {
  const written = address.trim();
  // Meta's own examples of user ids break its rules, so only their beginning is looked at.
  if (/^[A-Z]{2}\.\S{1,160}$/.test(written))
    return { kind: written.slice(3).startsWith('ENT.') ? 'parent_bsuid' : 'bsuid', value: written };
  const digits = written.replace(/^\+/, '').replace(/[\s().-]/g, '');
  // E.164: up to 15 digits, country code first, which never begins with 0.
  return /^[1-9]\d{6,14}$/.test(digits) ? { kind: 'wa_id', value: digits } : null;
}
