import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KeyRing } from './key-ring.js';
import { SecretBox, SecretUnreadable } from './secret-box.js';

const key = (): string => randomBytes(32).toString('base64');
const place = { tenantId: 'tenant-a', connectionId: 'connection-1', name: 'accessToken' };

describe('SecretBox', () => {
  const box = new SecretBox(KeyRing.parse(key()));

  it('opens what it sealed', () => {
    expect(box.open(place, box.seal(place, 'sésame'))).toBe('sésame');
  });

  it('never seals the same text to the same bytes', () => {
    expect(box.seal(place, 'sesame')).not.toBe(box.seal(place, 'sesame'));
  });

  it.each([
    ['tenant', { ...place, tenantId: 'tenant-b' }],
    ['connection', { ...place, connectionId: 'connection-2' }],
    ['name', { ...place, name: 'appSecret' }],
    ['owner, from a connection to its tenant', { tenantId: place.tenantId, name: place.name }],
  ])('S18: refuses a value that was moved to another %s', (_part, elsewhere) => {
    expect(() => box.open(elsewhere, box.seal(place, 'sesame'))).toThrow(SecretUnreadable);
  });

  it('S18: keeps a secret of the tenant in its tenant, and says whose it is', () => {
    const owned = { tenantId: 'tenant-a', name: 'shop' };
    const sealed = box.seal(owned, 'sesame');
    expect(box.open(owned, sealed)).toBe('sesame');
    expect(() => box.open({ ...owned, tenantId: 'tenant-b' }, sealed)).toThrow(
      'The secret "shop" of tenant tenant-b cannot be opened',
    );
  });

  it('refuses a changed value without repeating it', () => {
    const parts = box.seal(place, 'sesame').split('.');
    const bytes = Buffer.from(parts[3] ?? '', 'base64url');
    bytes[14] = (bytes[14] ?? 0) ^ 1;
    const changed = [...parts.slice(0, 3), bytes.toString('base64url')].join('.');
    expect(() => box.open(place, changed)).toThrow('The secret "accessToken" of connection connection-1 cannot be opened');
    expect(() => box.open(place, 'not sealed at all')).toThrow(SecretUnreadable);
  });
});

describe('KeyRing', () => {
  it('S18: opens with every key and seals with the first', () => {
    const [older, newer] = [key(), key()];
    const sealed = new SecretBox(KeyRing.parse(`k1:${older}`)).seal(place, 'sesame');
    const rotated = new SecretBox(KeyRing.parse(`k2:${newer},k1:${older}`));
    expect(rotated.open(place, sealed)).toBe('sesame');
    expect(rotated.seal(place, 'sesame')).toMatch(/^v1\.k2\./);
    expect(() => new SecretBox(KeyRing.parse(`k2:${newer}`)).open(place, sealed)).toThrow(SecretUnreadable);
  });

  it.each([
    ['a short key', randomBytes(16).toString('base64')],
    ['characters that are no base64', `${key().slice(0, 42)}!!`],
    ['a doubled id', `a:${key()},a:${key()}`],
    ['an id with a space', `a b:${key()}`],
    ['nothing', ''],
  ])('refuses %s and never repeats it', (_case, text) => {
    let message = '';
    try {
      KeyRing.parse(text);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).not.toBe('');
    if (text.length > 0) expect(message).not.toContain(text);
  });

  it('derives a key per purpose, alike in every process', () => {
    const text = key();
    expect(KeyRing.parse(text).derive('effect-reference')).toEqual(KeyRing.parse(text).derive('effect-reference'));
    expect(KeyRing.parse(text).derive('effect-reference')).not.toEqual(KeyRing.parse(text).derive('other'));
  });
});
