import { describe, expect, it } from '@jest/globals';
import { contextOf } from '../__fixtures__/context.js';
import { emitSpec } from './emit.config.js';
import { EmitNode } from './emit.node.js';

const node = new EmitNode();
const emit = (config: { key?: string; data?: number }, idempotencyKey = '0123456789abcdef0123456789abcdef') =>
  node.run({ config: { name: 'order.paid', ...config }, fields: {} }, contextOf({ idempotencyKey }));

describe('emit', () => {
  it('writes the event with the step and gives its id', () => {
    const id = '01234567-89ab-8def-a123-456789abcdef';
    expect(emit({ key: 'o-1', data: 7 })).toEqual({
      kind: 'done',
      output: { eventId: id },
      effects: [{ kind: 'write', write: { type: 'event', id, name: 'order.paid', key: 'o-1', data: 7 } }],
    });
  });

  it('gives the same id at every attempt of a step, and another one at another step', () => {
    expect(emit({})).toEqual(emit({}));
    expect(emit({})).not.toEqual(emit({}, 'f'.repeat(32)));
  });

  it('has no key where the rendered one is empty, and null for data that was left out', () => {
    expect(emit({ key: '' })).toMatchObject({ effects: [{ write: { key: null, data: null } }] });
    expect(emit({})).toMatchObject({ effects: [{ write: { key: null } }] });
  });

  it.each(['', 'order.', '.paid', 'order..paid', 'order.*', '$workflow.finished', 'a b'])('refuses the name "%s"', (name) => {
    expect(emitSpec.config.safeParse({ name }).success).toBe(false);
  });
});
