import { describe, expect, it } from '@jest/globals';
import { canonicalJson, documentHash } from './canonical.js';
import { durationMs } from './duration.js';

describe('durationMs', () => {
  it.each([
    ['PT0S', 0],
    ['PT1.5S', 1500],
    ['PT30M', 1_800_000],
    ['P1D', 86_400_000],
    ['P2W', 1_209_600_000],
    ['P1DT2H3M4S', 93_784_000],
  ])('%s is %d milliseconds', (iso, ms) => {
    expect(durationMs(iso)).toBe(ms);
  });

  it.each(['', 'P', 'PT', 'P1M', 'P1Y', '1D', 'PT-1S', 'pt1s', 'P1D ', 'PT99999999999999999999S'])('%p is none', (iso) => {
    expect(durationMs(iso)).toBeUndefined();
  });
});

describe('documentHash', () => {
  it('is the SHA-256 of the canonical form', () => {
    expect(canonicalJson({ b: [1, 'é'], a: { d: null, c: 1e21 } })).toBe('{"a":{"c":1e+21,"d":null},"b":[1,"é"]}');
    expect(documentHash({ id: 'a', version: 2, labels: {} })).toBe(documentHash({ labels: { x: 'y' }, id: 'a' }));
    expect(documentHash({ id: 'a' })).toMatch(/^[0-9a-f]{64}$/);
  });
});
