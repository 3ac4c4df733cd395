import { describe, expect, it } from '@jest/globals';
import { jsonShapeProblem } from './json-shape.js';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('S4: the shape of a JSON text', () => {
  it.each([
    ['a document', '{"a":[1,2,{"b":"c"}]}'],
    ['brackets and commas inside of texts', JSON.stringify({ text: '['.repeat(500) + ','.repeat(500) + '\\"' })],
    ['exactly as deep as allowed', nested(100)],
    ['no JSON at all, which is the parser to say', '}}}]]] "'],
  ])('S4: is fine with %s', (_case, text) => expect(jsonShapeProblem(text)).toBeNull());

  it.each([
    ['deep lists', nested(101), 'deeper than 100 levels'],
    ['deep objects that never end', '{"a":'.repeat(500_000), 'deeper than 100 levels'],
    ['many values', `[${'0,'.repeat(300_000)}0]`, 'more than 250000 values'],
    ['many names', `{${Array.from({ length: 130_000 }, (_, n) => `"${n}":0`).join(',')}}`, 'more than 250000 values'],
  ])('S4: refuses %s', (_case, text, reason) => expect(jsonShapeProblem(text)).toContain(reason));

  it('S4: looks at 3 MB within a moment', () => {
    const text = `"${'\\"'.repeat(1_500_000)}"`;
    const began = performance.now();
    expect(jsonShapeProblem(text)).toBeNull();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
