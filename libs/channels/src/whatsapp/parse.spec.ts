import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mutated } from '../meta/__fixtures__/mutated.js';
import { recordedWebhooks } from '../meta/__fixtures__/recorded.js';
import { parse } from './parse.js';

const payloads = recordedWebhooks(new URL('./__payloads__/', import.meta.url));

describe('recorded webhooks', () => {
  it.each(payloads)('$file: $about', ({ body, events }) => {
    expect(JSON.parse(JSON.stringify(parse(body)))).toEqual(events);
  });
});

describe('whatever comes', () => {
  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => void parse(json)),
      { numRuns: 300 },
    );
  });

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
            expect(event.account).not.toBe('');
            expect(Date.parse(event.type === 'status' ? event.at : event.message.at)).not.toBeNaN();
            if (event.type !== 'status')
              expect(event).toMatchObject({
                message: { id: expect.stringMatching(/./) },
                aliases: expect.arrayContaining([expect.anything()]),
              });
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('does not let one broken message refuse its neighbours', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (broken) => {
        const good = { from: '16505551234', id: 'wamid.good', timestamp: '1749416383', type: 'text', text: { body: 'hi' } };
        const value = { metadata: { phone_number_id: '1' }, messages: [broken, good] };
        const events = parse({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] });
        expect(events.at(-1)).toMatchObject({ type: 'message', message: { id: 'wamid.good', text: 'hi' } });
      }),
    );
  });

  it('survives nesting that would exhaust the stack', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    const value = {
      metadata: { phone_number_id: '1' },
      messages: [{ from: '16505551234', id: 'wamid.deep', type: 'deep', deep }],
    };
    const events = parse({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] });
    expect(events).toMatchObject([{ type: 'message', message: { kind: 'unsupported' } }]);
    expect(() => JSON.stringify(events)).not.toThrow();
  });

  it('gives nothing that a Postgres jsonb would refuse', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const hostile = `${text}\u0000\ud800`;
        const value = {
          metadata: { phone_number_id: '1' },
          messages: [{ from: '1', id: 'x', type: 'text', text: { body: hostile } }],
        };
        const written = JSON.stringify(
          parse({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] }),
        );
        expect(written).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }),
    );
  });

  it('does not take a neighbour in the batch for the sender', () => {
    const value = {
      metadata: { phone_number_id: '1' },
      contacts: [{ wa_id: '111111', user_id: 'US.1', profile: { name: 'Ana' } }],
      messages: [{ from: '222222', id: 'x', type: 'text', text: { body: 'I am not Ana' } }],
    };
    const [event] = parse({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] });
    expect(event).toMatchObject({ aliases: [{ kind: 'wa_id', value: '222222' }] });
    expect(event).not.toHaveProperty('name');
  });
});
