import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const REMEDY = 'Write 32 random bytes in base64 (openssl rand -base64 32), or several as "id:key,id:key", the newest first.';

/**
 * The keys that wrap the keys of secrets. The first one seals, every one opens: a key is retired by putting a newer one
 * before it, saving the secrets again, and then removing it.
 */
export class KeyRing {
  private constructor(
    private readonly keys: ReadonlyMap<string, Buffer>,
    private readonly current: { id: string; key: Buffer },
  ) {}

  /** Reads `key` or `id:key,id:key`, keys in base64. Throws an Error that names the reason and the remedy, never the key. */
  static parse(text: string): KeyRing {
    const keys = new Map<string, Buffer>();
    for (const entry of text.split(',')) {
      const { id, key } = parseEntry(entry.trim());
      if (keys.has(id)) throw new Error(`Two keys are called "${id}". Give each key an id of its own.`);
      keys.set(id, key);
    }
    const [first] = keys;
    if (first === undefined) throw new Error(`There is no key. ${REMEDY}`);
    return new KeyRing(keys, { id: first[0], key: first[1] });
  }

  get currentId(): string {
    return this.current.id;
  }

  /** Encrypts with the newest key; `bound` must be the same when it is opened. */
  wrap(plain: Buffer, bound: string): Buffer {
    return encrypt(this.current.key, plain, bound);
  }

  /** Throws when the key is not on the ring any more, or when the bytes or their binding were changed. */
  unwrap(keyId: string, wrapped: Buffer, bound: string): Buffer {
    const key = this.keys.get(keyId);
    if (key === undefined) throw new Error(`The key "${keyId}" is not on the ring. Put it back after the newest one.`);
    return decrypt(key, wrapped, bound);
  }

  /** A key for another purpose, derived from the newest key: 32 bytes, the same in every process of the deployment. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.current.key, Buffer.alloc(0), `workflows:${purpose}`, KEY_BYTES));
  }
}

/** AES-256-GCM: nonce, ciphertext and tag in one buffer. The nonce is random, so a key seals far fewer than 2^32 texts. */
export function encrypt(key: Buffer, plain: Buffer, bound: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

export function decrypt(key: Buffer, sealed: Buffer, bound: string): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('The sealed bytes are too short.');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound, 'utf8')).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}

function parseEntry(entry: string): { id: string; key: Buffer } {
  const colon = entry.indexOf(':');
  const id = colon === -1 ? 'default' : entry.slice(0, colon);
  const encoded = entry.slice(colon + 1);
  if (!/^[a-z0-9-]{1,32}$/.test(id))
    throw new Error('The id of a key is not made of 1 to 32 lower-case letters, digits and "-".');
  const key = Buffer.from(encoded, 'base64');
  // Node skips what is no base64, so only the way back shows that every character counted.
  const exact = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (!exact || key.length !== KEY_BYTES) throw new Error(`The key "${id}" is not exactly 32 bytes in base64. ${REMEDY}`);
  return { id, key };
}
