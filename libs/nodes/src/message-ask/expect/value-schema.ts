import { assertNever, type DataSchema } from '@workflows/core';
import type { Expect } from './expect.config.js';

/** The shape of `value`, which is what the answer becomes (language, section 4.1). */
export function valueSchema({ expect, options }: { expect: Expect; options?: string | Array<{ id: string }> }): DataSchema {
  switch (expect.kind) {
    case 'text':
    case 'any':
      return { type: 'string' };
    case 'number':
      return { type: expect.integer === true ? 'integer' : 'number' };
    case 'email':
      return { type: 'string', format: 'email' };
    case 'phone':
      return { type: 'string', format: 'phone' };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'option':
      return Array.isArray(options) ? { type: 'string', enum: options.map(({ id }) => id) } : { type: 'string' };
    case 'media':
      return {
        type: 'object',
        properties: {
          mediaId: { type: 'string' },
          type: { type: 'string', enum: ['image', 'video', 'audio', 'document', 'sticker'] },
          mime: { type: 'string' },
          bytes: { type: 'integer' },
          filename: { type: 'string' },
        },
        required: ['mediaId', 'type', 'mime'],
      };
    case 'location':
      return {
        type: 'object',
        properties: {
          latitude: { type: 'number' },
          longitude: { type: 'number' },
          name: { type: 'string' },
          address: { type: 'string' },
        },
        required: ['latitude', 'longitude'],
      };
    default:
      return assertNever(expect);
  }
}
