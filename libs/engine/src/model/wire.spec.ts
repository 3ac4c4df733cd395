import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copy, seal } from './__fixtures__/wire.js';

const anything = fc.anything({
  values: [fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
  withDate: false,
});

it('copies what JSON text would carry over, and nothing else', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const text = JSON.stringify(value) as string | undefined;
      expect(copy(value)).toStrictEqual(text === undefined ? undefined : JSON.parse(text));
    }),
  );
  expect(copy({ at: new Date(0), none: NaN, zero: -0 })).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', none: null, zero: 0 });
});

it('shares no object with its original, but for what nobody can change', () => {
  const open = { inner: { list: [1] } };
  const closed = seal({ inner: { list: [1] } });
  const copied: { open: typeof open; closed: typeof closed } = copy({ open, closed });
  copied.open.inner.list.push(2);
  expect(open.inner.list).toEqual([1]);
  expect(() => copied.closed.inner.list.push(2)).toThrow(TypeError);
});
