import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hasValidSignature, subscriptionChallenge } from './signature.js';

const body = Buffer.from('{"text":"caf\\u00e9","path":"a\\/b"}');
const sign = (secret: string, bytes = body) => `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
const request = (signature: string | undefined, rawBody = body) => ({
  headers: { 'x-hub-signature-256': signature },
  rawBody,
  query: {},
});

describe('a webhook signature', () => {
  it('holds for the bytes that were signed, with any of the secrets', () => {
    expect(hasValidSignature(request(sign('new')), ['old', 'new'])).toBe(true);
    expect(hasValidSignature(request(sign('old').toUpperCase().replace('SHA256', 'sha256')), ['old', 'new'])).toBe(true);
  });

  it('does not hold for the same JSON written differently', () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(hasValidSignature(request(sign('s'), rewritten), ['s'])).toBe(false);
  });

  it.each([
    undefined,
    '',
    'sha256=',
    'sha256=zz',
    sign('other'),
    sign('s').slice(0, -1),
    sign('s').replace('sha256', 'sha1'),
    `${sign('s')}00`,
  ])('does not hold when it is %s', (signature) => expect(hasValidSignature(request(signature), ['s'])).toBe(false));

  it('never holds without a secret', () => {
    expect(hasValidSignature(request(sign('')), [''])).toBe(false);
    expect(hasValidSignature(request(sign('')), [])).toBe(false);
  });
});

describe('the subscription handshake', () => {
  const secrets = { appSecrets: [], verifyToken: 'let-me-in' };
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '0012', 'hub.verify_token': 'let-me-in' };
  const ask = (change: Record<string, string | undefined>, verifyToken = secrets.verifyToken) =>
    subscriptionChallenge({ headers: {}, rawBody: Buffer.alloc(0), query: { ...query, ...change } }, { ...secrets, verifyToken });

  it('echoes the challenge as it came', () => {
    expect(ask({})).toBe('0012');
  });

  it.each([
    { 'hub.verify_token': 'wrong' },
    { 'hub.verify_token': undefined },
    { 'hub.mode': 'unsubscribe' },
    { 'hub.challenge': undefined },
  ])('refuses %j', (change) => {
    expect(ask(change)).toBeNull();
  });

  it('is closed while no verify token is configured', () => {
    expect(ask({ 'hub.verify_token': '' }, '')).toBeNull();
  });
});
