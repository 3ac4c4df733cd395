import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordedSuite } from '../meta/__fixtures__/recorded-suite.js';
import { parse } from './parse.js';

recordedSuite('Instagram', new URL('./__payloads__/', import.meta.url), parse);

describe('whatever comes from Instagram', () => {
  it('does not let one broken event refuse its neighbours', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (broken) => {
        const parties = { sender: { id: '65' }, recipient: { id: '178' }, timestamp: 1772445600000 };
        const good = { ...parties, message: { mid: 'good', text: 'hi' } };
        const events = parse({ object: 'instagram', entry: [{ id: '178', time: 1, messaging: [broken, good] }] });
        expect(events.at(-1)).toMatchObject({ type: 'message', message: { id: 'good', text: 'hi' } });
      }),
    );
  });
});
