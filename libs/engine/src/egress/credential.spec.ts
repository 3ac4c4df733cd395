import { describe, expect, it } from '@jest/globals';
import { AddressGuard } from './address-guard.js';
import { mayCarry, withoutSecret } from './credential.js';

const guard = new AddressGuard({ allowPrivateHosts: ['crm.internal:80', '127.0.0.1:3901'] });
const credential = {
  hosts: ['api.example.com', 'api.example.com:8443', 'crm.internal', '127.0.0.1:3901'],
  headers: { authorization: 'Bearer a"secret' },
  query: {},
  secrets: ['a"secret', 'Bearer a"secret'],
};

describe('a credential', () => {
  it.each([
    ['https://api.example.com/v1', true],
    ['https://API.example.com:8443/v1', true],
    ['https://api.example.com:444/v1', false],
    ['http://api.example.com/v1', false],
    ['https://evil-api.example.com/v1', false],
    ['https://api.example.com.evil.org/v1', false],
    ['http://crm.internal/v1', true],
    ['http://127.0.0.1:3901/v1', true],
    ['http://127.0.0.1:3902/v1', false],
  ])('travels to %s: %s', (url, carried) => {
    expect(mayCarry(credential, new URL(url), guard)).toBe(carried);
  });

  it('is taken out of an answer that gives it back, as it is and as JSON writes it', () => {
    const answered = {
      outcome: 'answered' as const,
      status: 200,
      headers: { 'x-echo': 'Bearer a"secret' },
      body: Buffer.from(JSON.stringify({ token: 'a"secret', name: 'Zoë' })),
    };
    const result = withoutSecret(answered, credential);
    expect(result).toMatchObject({ headers: { 'x-echo': '[redacted]' } });
    expect(result.outcome === 'answered' && JSON.parse(result.body.toString('utf8'))).toEqual({
      token: '[redacted]',
      name: 'Zoë',
    });
  });
});
