import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { deferred, text } from './kinds.js';
import { markedFields } from './schema-walk.js';

const expression = () => z.string().regex(/^\{\{/).meta({ kind: 'value' });

describe('a field that is one thing or another', () => {
  const schema = z.strictObject({
    degrees: z.union([z.number(), expression()]),
    list: z.union([z.array(z.strictObject({ title: text() })), expression()]).optional(),
  });

  it('is an expression where it holds one', () => {
    expect(markedFields(schema, { degrees: '{{ 1.5 }}', list: '{{ vars.list }}' }, '')).toEqual([
      { kind: 'value', value: '{{ 1.5 }}', pointer: '/degrees', deferred: false },
      { kind: 'value', value: '{{ vars.list }}', pointer: '/list', deferred: false },
    ]);
  });

  it('is what it holds otherwise', () => {
    expect(markedFields(schema, { degrees: 2, list: [{ title: 'A' }] }, '')).toEqual([
      { kind: 'text', value: 'A', pointer: '/list/0/title', deferred: false },
    ]);
  });

  it('is left to the node where the whole of it is', () => {
    expect(markedFields(deferred(z.union([z.number(), expression()])), '{{ args.x }}', '/do')).toEqual([
      { kind: 'value', value: '{{ args.x }}', pointer: '/do', deferred: true },
    ]);
  });
});
