import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';

export interface ReferencedEffect {
  tenantId: string;
  /** The run, or the conversation of a message that no run has sent. */
  executionId: string;
  seq: number;
}

const BODY_BYTES = 16 + 16 + 4;
const TAG_BYTES = 12;

/**
 * The name of an effect outside: it goes with a send and comes back on the provider's receipts. Opaque, without
 * personal data, and tagged, so that nobody can settle an effect that is not theirs. 64 characters.
 */
@Injectable()
export class EffectReference {
  constructor(@Inject(ENGINE_OPTIONS) private readonly options: EngineOptions) {}

  write(effect: ReferencedEffect): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.set(bytesOf(effect.tenantId), 0);
    body.set(bytesOf(effect.executionId), 16);
    body.writeUInt32BE(effect.seq, 32);
    return Buffer.concat([body, this.tag(body)]).toString('base64url');
  }

  /** Null for whatever we have not written: other products' references, altered ones, old keys. */
  read(reference: string): ReferencedEffect | null {
    const bytes = Buffer.from(reference, 'base64url');
    if (bytes.length !== BODY_BYTES + TAG_BYTES) return null;
    const body = bytes.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(this.tag(body), bytes.subarray(BODY_BYTES))) return null;
    return {
      tenantId: idOf(body.subarray(0, 16)),
      executionId: idOf(body.subarray(16, 32)),
      seq: body.readUInt32BE(32),
    };
  }

  private tag(body: Buffer): Buffer {
    return createHmac('sha256', this.options.effectReferenceKey).update(body).digest().subarray(0, TAG_BYTES);
  }
}

/** Ids of conversations are hashes without a UUID's version, which a UUID library would refuse. */
function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function idOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
