import { describe, expect, it } from '@jest/globals';
import { entityTag, seenRevision } from './entity-tag.js';

describe('the revision that a writer has seen', () => {
  it('is the one whose tag it hands back, weakened by a proxy or not', () => {
    expect(seenRevision(entityTag(12))).toBe(12);
    expect(seenRevision('W/"12"')).toBe(12);
  });

  it('is none at all for If-None-Match: *', () => expect(seenRevision(undefined, '*')).toBe(0));

  it('is unknown when it says nothing', () => expect(seenRevision(undefined)).toBeUndefined());

  it.each([
    ['12', undefined],
    ['*', undefined],
    ['"1", "2"', undefined],
    [undefined, '"1"'],
    ['"1"', '*'],
  ])('is refused as %j with If-None-Match %j', (ifMatch, ifNoneMatch) => {
    expect(() => seenRevision(ifMatch, ifNoneMatch)).toThrow(/If-(None-)?Match/);
  });
});
