import type { Failure, Json } from '@workflows/core';
import { type ErrorRule, refusalOf, throttled } from '../meta/graph-error.js';

const window: ErrorRule = {
  code: 'channel.window_closed',
  reason: 'the contact has not written within 24 hours',
  remedy: 'wait until the contact writes; Instagram has no templates',
};
const auth: ErrorRule = {
  code: 'channel.auth',
  reason: 'the access token is not valid for this account or lacks a permission',
  remedy: 'connect the account again and store its new access token on the connection',
};
const unreachable: ErrorRule = {
  code: 'channel.undeliverable',
  reason: 'the recipient cannot be reached on Instagram',
  remedy: 'reach the contact another way; they may have blocked the account, or closed theirs',
};
const answered: ErrorRule = {
  code: 'channel.window_closed',
  reason: 'the comment was answered in private already, or is older than seven days',
  remedy: 'answer in public, or wait until the contact writes',
};
const invalid: ErrorRule = {
  code: 'channel.invalid',
  reason: 'the request or one of its parameters is not valid',
  remedy: 'correct the message; the code in the details says which rule it broke',
};

/** Looked at first: unlike with WhatsApp the code alone says little (10 is a missing permission as well as a closed window). */
const SUBCODES: ReadonlyMap<number, ErrorRule> = new Map<number, ErrorRule>([
  [2534022, window],
  [2018278, window],
  [2534025, answered],
  ...[2534014, 2534001, 2534029, 1545041, 551, 2018001].map((code): [number, ErrorRule] => [code, unreachable]),
  [1545133, throttled('the API is unavailable for a moment', 5_000, true)],
]);

/** Error codes of the Instagram API (developers.facebook.com, Messenger Platform: error codes, March 2026). */
const RULES: ReadonlyMap<number, ErrorRule> = new Map<number, ErrorRule>([
  [1, throttled('the API had an unknown error', 1_000, true)],
  [2, throttled('the API is unavailable for a moment', 5_000, true)],
  [4, throttled('the app has reached its rate limit', 120_000)],
  [17, throttled('the account has reached its rate limit', 120_000)],
  [32, throttled('the page has reached its rate limit', 120_000)],
  [613, throttled('the account calls too often', 30_000)],
  [551, unreachable],
  ...[10, 190, 200, 230].map((code): [number, ErrorRule] => [code, auth]),
  ...[33, 100].map((code): [number, ErrorRule] => [code, invalid]),
]);

/** What a refusing answer to a send means. */
export function readRefusal(status: number, body: Json | undefined): { failure: Failure } | { unknown: string } {
  return refusalOf('Instagram', status, body, ({ code, subcode }) => SUBCODES.get(subcode ?? 0) ?? RULES.get(code));
}
