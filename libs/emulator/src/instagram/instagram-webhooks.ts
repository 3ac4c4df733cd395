import type { Emulation } from '../emulation.js';
import type { InstagramAccount, LedgerEntry } from '../records.js';

/** Has something that happened between a person and an account delivered. */
export function deliver(emulation: Emulation, account: InstagramAccount, field: string, entry: Record<string, unknown>): void {
  const time = emulation.clock.now().getTime();
  const payload = { object: 'instagram', entry: [{ id: account.phoneNumberId, time, ...entry }] };
  emulation.courier.send(account, field, payload);
  if (emulation.faults.strike('duplicate_webhooks', account.phoneNumberId)) emulation.courier.send(account, field, payload);
}

/** One event in the thread of a person with an account. */
export function deliverMessaging(
  emulation: Emulation,
  account: InstagramAccount,
  person: string,
  event: Record<string, unknown>,
): void {
  const timestamp = emulation.clock.now().getTime();
  const parties = { sender: { id: person }, recipient: { id: account.phoneNumberId } };
  deliver(emulation, account, 'messages', { messaging: [{ ...parties, timestamp, ...event }] });
}

/** Meta tells an account of everything that it sends, by whatever door, and often before the door has answered. */
export function echo(emulation: Emulation, account: InstagramAccount, person: string, { messageId, text }: LedgerEntry): void {
  const timestamp = emulation.clock.now().getTime();
  const parties = { sender: { id: account.phoneNumberId }, recipient: { id: person } };
  deliver(emulation, account, 'messages', {
    messaging: [{ ...parties, timestamp, message: { mid: messageId, text, is_echo: true } }],
  });
}

/** The person reads it at once. */
export function seen(emulation: Emulation, account: InstagramAccount, person: string, { messageId }: LedgerEntry): void {
  if (emulation.faults.strike('statuses_off', account.phoneNumberId)) return;
  deliverMessaging(emulation, account, person, { read: { mid: messageId } });
}
