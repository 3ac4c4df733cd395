import { randomInt } from 'node:crypto';
import type { EmulatorClient } from '@workflows/emulator';

/** The connection that a demo's customer writes to. */
export interface DemoConnection {
  channel: string;
  account: string;
}

/** Somebody new on a channel, so that demos do not meet each other's runs. */
export interface Customer {
  /** What the channel calls them. */
  id: string;
  say(text: string): Promise<unknown>;
  /** Taps an option of an earlier message, by its id. */
  tap(option: string): Promise<unknown>;
  /** Below a post, for everybody to see. */
  comment(text: string): Promise<unknown>;
}

export function newCustomer(emulator: EmulatorClient, { channel, account }: DemoConnection, name: string): Customer {
  if (channel === 'instagram') {
    const id = `65${String(randomInt(100_000_000)).padStart(14, '0')}`;
    return {
      id,
      say: (text) => emulator.write(account, id, { text }),
      tap: (tap) => emulator.write(account, id, { tap }),
      comment: (text) => emulator.comment(account, id, { text, username: name.toLowerCase() }),
    };
  }
  // Nobody's number.
  const id = `551199${String(randomInt(10_000_000)).padStart(7, '0')}`;
  const write = (message: { text: string } | { tap: { option: string } }) =>
    emulator.say(id, { ...message, phoneNumberId: account, name });
  return {
    id,
    say: (text) => write({ text }),
    tap: (option) => write({ tap: { option } }),
    comment: () => Promise.reject(new Error(`Nobody comments on ${channel}. Take the step out of the conversation.`)),
  };
}
