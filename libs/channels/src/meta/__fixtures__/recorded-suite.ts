import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ChannelEvent } from '@workflows/core';
import fc from 'fast-check';
import { mutated } from './mutated.js';

/**
 * What every parser keeps over its recorded webhooks: bodies in Meta's documented shapes, each with what must be read from it.
 * `folder`: the address of the channel's `__payloads__/`.
 */
export function recordedSuite(channel: string, folder: URL, parse: (body: unknown) => ChannelEvent[]): void {
  const payloads = readdirSync(folder).map((file) => {
    const { about, body, events } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return { file, about, body, events };
  });

  describe(`recorded webhooks of ${channel}`, () => {
    it.each(payloads)('$file: $about', ({ body, events }) => {
      expect(JSON.parse(JSON.stringify(parse(body)))).toEqual(events);
    });

    it('stay readable when one is changed anywhere, and every event stays usable', () => {
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
              else expect(event).toMatchObject({ message: { id: expect.stringMatching(/./) } });
              if (event.type !== 'status') expect(event.aliases.length).toBeGreaterThan(0);
            }
          },
        ),
        { numRuns: 1_500 },
      );
    });
  });
}
