import type { JsonObject } from '@workflows/core';
import { ticketOf } from './desk.js';

/** How long the run waits on its way, by the database's clock. */
export const WAIT_MS = 1_000;

/** Each kind of step that can go wrong in a way of its own: sends, a question and its answer, a call, a timer, the end. */
export function orderWorkflow(deskUrl: string): JsonObject & { id: string } {
  return {
    dsl: '1.0',
    id: 'order',
    name: 'Order',
    vars: {
      order: { type: 'string', default: '' },
      size: { type: 'string', default: '' },
    },
    // A desk that is asked by a worker that is killed is asked again by the next one.
    defaults: { retry: { maxAttempts: 8, interval: 'PT1S', backoff: 2, maxInterval: 'PT5S', jitter: 'full' } },
    triggers: [
      {
        id: 'said',
        type: 'channel.message',
        channels: ['whatsapp'],
        keywords: ['order'],
        keywordMatch: 'prefix',
        session: { key: 'contact', onActive: 'resume' },
      },
    ],
    start: 'note',
    nodes: {
      note: { type: 'set', assign: { 'vars.order': '{{ event.text }}' }, next: 'welcome' },
      welcome: { type: 'message.send', with: { text: 'Welcome, {{ vars.order }}' }, next: 'size' },
      size: {
        type: 'message.ask',
        with: { text: 'Which size, {{ vars.order }}?', expect: { kind: 'text' } },
        save: 'vars.size',
        timeout: 'PT1H',
        next: 'reserve',
        on: { timeout: 'lost', exhausted: 'lost' },
      },
      reserve: {
        type: 'http.request',
        with: { method: 'POST', url: `${deskUrl}/tickets`, body: { order: '{{ vars.order }}' }, effect: 'idempotent' },
        output: { type: 'object', required: ['ticket'], properties: { ticket: { type: 'string' } } },
        next: 'pause',
      },
      pause: { type: 'wait.for', with: { duration: `PT${WAIT_MS / 1_000}S` }, next: 'ticket' },
      ticket: {
        type: 'message.send',
        with: { text: 'Ticket {{ steps.reserve.body.ticket }}, {{ vars.size }}, {{ vars.order }}' },
        next: 'goodbye',
      },
      goodbye: { type: 'message.send', with: { text: 'Goodbye, {{ vars.order }}' }, next: 'done' },
      done: { type: 'end', with: { status: 'completed' } },
      lost: { type: 'end', with: { status: 'failed' } },
    },
  };
}

/** What the customer of this order must read, in this order and once. */
export function transcriptOf(order: string, size: string): string[] {
  return [`Welcome, ${order}`, `Which size, ${order}?`, `Ticket ${ticketOf(order)}, ${size}, ${order}`, `Goodbye, ${order}`];
}
