import type { JsonObject } from '@workflows/core';

/**
 * The standard work: a signed webhook, three fields from expressions, one condition, one POST to an API, the end. The
 * call is `unsafe`, as a message is: its intent is committed before it is made.
 */
export function w5(sinkUrl: string): JsonObject & { id: string } {
  return {
    dsl: '1.0',
    id: 'w5',
    name: 'Standard work of five nodes',
    vars: {
      name: { type: 'string', default: '' },
      amount: { type: 'integer', default: 0 },
      label: { type: 'string', default: '' },
    },
    triggers: [
      {
        id: 'hook',
        type: 'webhook',
        auth: { type: 'hmac', secret: 'hook', header: 'x-signature' },
        body: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            name: { type: 'string' },
            amount: { type: 'integer' },
            sentAt: { type: 'number' },
          },
          required: ['id', 'name', 'amount', 'sentAt'],
        },
        idempotencyKey: '{{ event.body.id }}',
      },
    ],
    start: 'prepare',
    nodes: {
      prepare: {
        type: 'set',
        assign: {
          'vars.name': '{{ title(event.body.name) }}',
          'vars.amount': '{{ event.body.amount * 2 }}',
          'vars.label': "{{ event.body.name + ' owes ' + string(event.body.amount) }}",
        },
        next: 'choose',
      },
      choose: { type: 'switch', cases: [{ when: 'vars.amount > 10', next: 'tell' }], default: 'done' },
      tell: {
        type: 'http.request',
        with: {
          method: 'POST',
          url: sinkUrl,
          body: { id: '{{ event.body.id }}', sentAt: '{{ event.body.sentAt }}', label: '{{ vars.label }}' },
        },
        next: 'done',
      },
      done: { type: 'end', with: { output: '{{ vars.label }}' } },
    },
  };
}
