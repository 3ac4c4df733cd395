import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_ENGINE_OPTIONS } from '../engine-options.js';
import { EffectReference } from './effect-reference.js';

const references = (key: Buffer = randomBytes(32)) => new EffectReference({ ...DEFAULT_ENGINE_OPTIONS, effectReferenceKey: key });
const effect = { tenantId: randomUUID(), executionId: randomUUID(), seq: 70_000 };

describe('EffectReference', () => {
  it('reads back what it wrote, in 64 characters that fit every provider', () => {
    const book = references();
    const reference = book.write(effect);
    expect(reference).toMatch(/^[A-Za-z0-9_-]{64}$/);
    expect(book.read(reference)).toEqual(effect);
  });

  it('carries the id of a conversation, which is a hash and no UUID by its version', () => {
    const book = references();
    const said = { ...effect, executionId: '74657833-3bdc-3b0f-edb0-ef5490c596f2' };
    expect(book.read(book.write(said))).toEqual(said);
  });

  it('refuses a reference with one bit changed, wherever it is', () => {
    const book = references();
    const bytes = Buffer.from(book.write(effect), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
      expect(book.read(altered.toString('base64url'))).toBeNull();
    }
  });

  it.each(['', 'order-4711', 'A'.repeat(64), 'A'.repeat(512)])('refuses what other products write: %j', (reference) => {
    expect(references().read(reference)).toBeNull();
  });

  it('refuses what another deployment wrote', () => {
    expect(references().read(references().write(effect))).toBeNull();
  });
});
