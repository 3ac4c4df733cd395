import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mutated } from '../meta/__fixtures__/mutated.js';
import { recordedWebhooks } from '../meta/__fixtures__/recorded.js';
import { parse } from './parse.js';

const payloads = recordedWebhooks(new URL('./__payloads__/', import.meta.url));

describe('recorded webhooks of Instagram', () => {
  it.each(payloads)('$file: $about', ({ body, events }) => {
    expect(JSON.parse(JSON.stringify(parse(body)))).toEqual(events);
  });
});

describe('whatever comes from Instagram', () => {
  it('never throws on a recorded webhook that was changed anywhere, and every event stays usable', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...payloads),
        fc.nat(),
        fc.jsonValue({ maxDepth: 2 }),
        fc.boolean(),
        ({ body }, place, value, remove) => {
          for (const event of parse(mutated(body, place, value, remove))) {
            if (event.type === 'notice') continue;
            expect(event.account).toMatch(/./);
            expect(Date.parse(event.type === 'status' ? event.at : event.message.at)).not.toBeNaN();
            if (event.type === 'status') expect(event.messageId).toMatch(/./);
            else expect(event).toMatchObject({ message: { id: expect.stringMatching(/./) }, aliases: [expect.anything()] });
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });

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
