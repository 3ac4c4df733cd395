import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordedSuite } from '../meta/__fixtures__/recorded-suite.js';
import { parse } from './parse.js';

recordedSuite('WhatsApp', new URL('./__payloads__/', import.meta.url), parse);

describe('whatever comes', () => {
  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => void parse(json)),
      { numRuns: 300 },
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
