import { describe, expect, it } from '@jest/globals';
import { CONTEXT, messageOf, START } from './__fixtures__/player.js';
import type { ExecutionEvent } from './event.js';
import { maskEvents } from './mask.js';

const definition = {
  tests: [{ name: 'asks Ana here' }, { name: 'Ana here' }],
  nodes: { ask: { with: { choices: [{ id: 'gold', title: 'Gold plan' }] }, when: "vars.tier == 'Platinum'" } },
};

const events: ExecutionEvent[] = [
  {
    type: 'started',
    at: START,
    executionId: '018f2a3b-0000-7000-8000-000000000001',
    trigger: 'keyword',
    event: { trigger: 'keyword', channel: 'whatsapp', text: 'Ana here: +55 11 98765-4321', tier: 'platinum', at: START },
    context: { ...CONTEXT, contact: { ...CONTEXT.contact!, attributes: { city: 'São Paulo' } } },
    message: messageOf('Ana here', { id: 'wamid.HBgM', location: { latitude: -23.55, longitude: -46.63, name: 'Home' } }),
  },
  {
    type: 'returned',
    at: START,
    token: 1,
    step: 1,
    node: 'ask',
    attempt: 1,
    random: 0.5,
    outcome: {
      kind: 'done',
      port: 'next',
      output: { value: 'ana@example.com', born: '1990-05-17', choice: 'Gold plan', status: 'private', age: 35 },
      effects: [
        {
          kind: 'http',
          method: 'POST',
          url: 'https://crm.example.com/leads?mail=ana@example.com',
          headers: { authorization: 'Bearer abc' },
          body: '{"email":"ana@example.com"}',
          safety: 'unsafe',
          response: 'json',
          timeoutMs: 1000,
        },
      ],
    },
  },
  { type: 'effect', at: START, seq: 1, result: { outcome: 'done', data: { status: 201, headers: {}, body: { owner: 'Bea' } } } },
  { type: 'cancelled', at: START, reason: 'Ana asked for it', by: 'key:Bea' },
];

describe('a masked history', () => {
  const text = JSON.stringify(maskEvents([definition], events));

  it.each(['Ana', 'ana@', '98765', '1990', 'HBgM', 'Home', 'São', 'Bearer', 'crm.example', 'private', 'Bea', '-23.55'])(
    'does not say %s any more',
    (secret) => expect(text).not.toContain(secret),
  );

  it('keeps what the machine and the document say, and the forms of what it hides', () => {
    const [started, returned, effect] = maskEvents([definition], events);
    expect(started).toMatchObject({
      type: 'started',
      at: START,
      trigger: 'keyword',
      event: { at: START, tier: 'platinum' },
      context: { tenant: CONTEXT.tenant, conversation: CONTEXT.conversation },
      message: { kind: 'text', location: { latitude: -23, longitude: -46 } },
    });
    expect(returned).toMatchObject({
      node: 'ask',
      outcome: {
        kind: 'done',
        port: 'next',
        output: { value: 'xxx@xxxxxxx.xxx', born: '1111-11-11', choice: 'Gold plan', age: 35 },
        effects: [{ kind: 'http', method: 'POST', safety: 'unsafe', timeoutMs: 1000 }],
      },
    });
    expect(effect).toMatchObject({ type: 'effect', seq: 1, result: { outcome: 'done', data: { status: 201 } } });
  });

  it('is written anew: what was given stays as it was', () => {
    expect(events[3]).toMatchObject({ reason: 'Ana asked for it' });
  });
});
