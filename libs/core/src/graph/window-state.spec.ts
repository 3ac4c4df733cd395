import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { later, merge, shownOpen, spoken, type WindowState } from './window-state.js';

const DAY_MS = 86_400_000;

const states = fc.oneof(
  fc.integer({ min: 0, max: DAY_MS }).map((silentMs): WindowState => ({ kind: 'open', silentMs })),
  fc.constantFrom<WindowState>({ kind: 'one_message' }, { kind: 'closed', why: 'time' }),
);
const kindAndTime = (state: WindowState) => (state.kind === 'open' ? state : { kind: state.kind });

describe('two ways that meet', () => {
  it('give the same in any order, and twice is once', () => {
    fc.assert(
      fc.property(states, states, states, (a, b, c) => {
        expect(kindAndTime(merge(a, b))).toEqual(kindAndTime(merge(b, a)));
        expect(kindAndTime(merge(merge(a, b), c))).toEqual(kindAndTime(merge(a, merge(b, c))));
        expect(merge(a, a)).toEqual(a);
      }),
    );
  });

  it('never know more than one of them alone', () => {
    const mayBeClosed = (state: WindowState) => state.kind === 'closed';
    fc.assert(
      fc.property(states, states, fc.integer({ min: 0, max: 2 * DAY_MS }), (a, b, ms) => {
        const apart = [a, b].some((state) => mayBeClosed(later(state, ms, DAY_MS)));
        if (apart) expect(mayBeClosed(later(merge(a, b), ms, DAY_MS))).toBe(true);
      }),
    );
  });
});

describe('the single message of a comment', () => {
  const one: WindowState = { kind: 'one_message' };

  it('is used up by the first that is sent', () => {
    expect(spoken(one)).toEqual({ kind: 'closed', why: 'one_message' });
    expect(spoken({ kind: 'open', silentMs: 5 })).toEqual({ kind: 'open', silentMs: 5 });
  });

  it('is in doubt where only one of two ways has it', () => {
    expect(merge(one, { kind: 'open', silentMs: 0 })).toEqual({ kind: 'closed', why: 'one_message' });
    expect(merge(one, one)).toEqual(one);
  });

  it('becomes an open window when a condition shows that the contact has written', () => {
    expect(shownOpen(one, 60_000)).toEqual({ kind: 'open', silentMs: 60_000 });
  });
});

describe('a condition on the window', () => {
  it('never makes the silence longer than it was known to be', () => {
    expect(shownOpen({ kind: 'open', silentMs: 5 }, 60_000)).toEqual({ kind: 'open', silentMs: 5 });
  });
});
