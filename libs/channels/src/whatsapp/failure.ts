import type { Failure, Json, JsonObject } from '@workflows/core';
import { type ErrorRule, failureOf, refusalOf, throttled } from '../meta/graph-error.js';

const PRODUCT = 'WhatsApp';

const window: ErrorRule = {
  code: 'channel.window_closed',
  reason: 'the contact has not written within 24 hours',
  remedy: 'send a template, or wait until the contact writes',
};
const invalid: ErrorRule = {
  code: 'channel.invalid',
  reason: 'the request or one of its parameters is not valid',
  remedy: 'correct the message; the code in the details says which rule it broke',
};
const unsupported: ErrorRule = {
  code: 'channel.unsupported',
  reason: 'this kind of message cannot be sent to this recipient',
  remedy: 'send another kind of message',
};
const undeliverable: ErrorRule = {
  code: 'channel.undeliverable',
  reason: 'the recipient cannot be reached on WhatsApp',
  remedy: 'check the number, or reach the contact another way',
};
const optedOut: ErrorRule = {
  code: 'channel.opted_out',
  reason: 'the contact has stopped marketing messages from this number',
  remedy: 'send no marketing templates to this contact',
};
const capped: ErrorRule = {
  code: 'channel.capped',
  reason: 'Meta holds back marketing messages to this contact',
  remedy: 'wait at least 24 hours, or send a utility template',
};
const template: ErrorRule = {
  code: 'channel.template',
  reason: 'the template is missing, paused or does not fit its parameters',
  remedy: 'compare name, language and parameters with the approved template in WhatsApp Manager',
};
const auth: ErrorRule = {
  code: 'channel.auth',
  reason: 'the access token is not valid for this number or lacks a permission',
  remedy: 'store a new access token on the connection',
};
const account: ErrorRule = {
  code: 'channel.auth',
  reason: 'the number or its business account may not send',
  remedy: 'solve the restriction in WhatsApp Manager; nothing is sent from here before',
};

/**
 * Error codes of the Cloud API (developers.facebook.com, WhatsApp: error codes, May 2026). HTTP statuses are
 * inconsistent there (3 comes with 500, throttling with 400), so the code decides.
 */
const RULES: ReadonlyMap<number, ErrorRule> = new Map<number, ErrorRule>([
  [1, throttled('the API had an unknown error', 1_000, true)],
  [2, throttled('the API is unavailable for a moment', 5_000, true)],
  [131000, throttled('something went wrong at the API', 5_000, true)],
  [131016, throttled('the service is overloaded', 10_000, true)],
  [133004, throttled('the server is unavailable for a moment', 10_000, true)],
  [131057, throttled('the account is in maintenance, for example while its throughput is raised', 60_000)],
  [4, throttled('the app has reached its rate limit', 120_000)],
  [80007, throttled('the business account has reached its rate limit', 120_000)],
  [130429, throttled('the number has reached its throughput', 2_000)],
  // One message per 6 seconds to one contact, after a burst of 45.
  [131056, throttled('too many messages to this contact in a short time', 6_000)],
  // A loop would make it worse: the number is flagged, and only people can lift that.
  [131048, { ...account, reason: 'the number is restricted because people blocked or reported it' }],
  [133016, { ...account, reason: 'the number was registered too often in a short time' }],
  [131047, window],
  ...each([131026, 131021, 130497], undeliverable),
  [131050, optedOut],
  ...each([131049, 130472], capped),
  [131062, { ...unsupported, reason: 'authentication templates need a phone number and the contact is known by a user id only' }],
  ...each([33, 100, 131008, 131009, 131053], invalid),
  [
    131052,
    {
      ...invalid,
      reason: 'the media cannot be downloaded',
      remedy: 'check that the link is public and its type and size are allowed',
    },
  ],
  ...each([131051, 131020, 131041], unsupported),
  ...each([132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069], template),
  ...each([0, 3, 10, 190, 131005], auth),
  ...each([368, 131031, 131037, 131042, 131045, 134011], account),
]);

/** Looked at when no single code fits. */
const RANGES: Array<{ from: number; to: number; rule: ErrorRule }> = [
  { from: 200, to: 299, rule: auth },
  { from: 131201, to: 131215, rule: unsupported },
  { from: 132000, to: 132999, rule: template },
  { from: 133000, to: 133015, rule: account },
];

/** The failure behind an error object of the Cloud API. */
export function failureOfError(error: JsonObject): Failure {
  return failureOf(PRODUCT, error, ruleOf);
}

/** What a refusing answer to a send means. */
export function readRefusal(status: number, body: Json | undefined): { failure: Failure } | { unknown: string } {
  return refusalOf(PRODUCT, status, body, ruleOf);
}

function ruleOf({ code }: { code: number }): ErrorRule | undefined {
  return RULES.get(code) ?? RANGES.find(({ from, to }) => code >= from && code <= to)?.rule;
}

function each(codes: number[], rule: ErrorRule): Array<[number, ErrorRule]> {
  return codes.map((code) => [code, rule]);
}
