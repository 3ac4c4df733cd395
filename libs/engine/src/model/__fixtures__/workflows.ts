import type { JsonObject } from '@workflows/core';

type Workflow = JsonObject & { id: string };

const keyword = (word: string, more: JsonObject = {}): JsonObject => ({
  id: 'keyword',
  type: 'channel.message',
  channels: ['whatsapp'],
  keywords: [word],
  ...more,
});

/** A question with a second try, and a call that must not be repeated, whose fate is said. */
const order = (version: number): Workflow => ({
  dsl: '1.0',
  id: 'order',
  name: 'Order',
  version,
  vars: { size: { type: 'string', default: '' } },
  triggers: [keyword('order')],
  start: 'size',
  nodes: {
    size: {
      type: 'message.ask',
      with: {
        text: `Which size? (${version})`,
        options: [
          { id: 'small', title: 'Small' },
          { id: 'large', title: 'Large' },
        ],
        expect: { kind: 'option' },
        reprompt: { text: 'Tap one of them.', max: 1 },
      },
      save: 'vars.size',
      timeout: 'PT30M',
      next: 'place',
      on: { timeout: 'nudge', exhausted: 'sorry' },
    },
    nudge: { type: 'message.send', with: { text: 'Still there?' }, next: 'done' },
    place: {
      type: 'http.request',
      with: { method: 'POST', url: 'https://shop.example/orders/{{ step.idempotencyKey }}', response: 'none' },
      retry: { maxAttempts: 2, interval: 'PT10S', jitter: 'none', on: ['http.503'] },
      next: 'thanks',
      catch: [{ errors: ['*'], next: 'sorry' }],
    },
    thanks: { type: 'message.send', with: { text: 'One {{ vars.size }} is yours.', await: 'accepted' }, next: 'bye' },
    bye: { type: 'message.send', with: { text: 'Bye.' }, next: 'done' },
    sorry: { type: 'message.send', with: { text: 'Sorry.', onUnknown: 'hold' }, next: 'done' },
    done: { type: 'end' },
  },
});

/** Something to undo, then a question beside a wait, and a wait that a message ends. The word starts it anew. */
const trip: Workflow = {
  dsl: '1.0',
  id: 'trip',
  name: 'Trip',
  version: 1,
  vars: { where: { type: 'string', default: '' } },
  triggers: [keyword('trip', { session: { onActive: 'restart' }, interrupts: true })],
  start: 'room',
  nodes: {
    room: {
      type: 'http.request',
      with: { method: 'PUT', url: 'https://shop.example/rooms/{{ step.idempotencyKey }}', response: 'none' },
      retry: { maxAttempts: 2, interval: 'PT10S', jitter: 'none' },
      compensate: {
        type: 'http.request',
        with: { method: 'DELETE', url: 'https://shop.example/rooms/{{ step.idempotencyKey }}', response: 'none' },
      },
      next: 'both',
    },
    both: { type: 'parallel', branches: { talk: 'where', wait: 'sleep' }, join: 'met' },
    where: {
      type: 'message.ask',
      with: { text: 'Where to?', expect: { kind: 'text' } },
      save: 'vars.where',
      timeout: 'PT1H',
      next: 'met',
      on: { timeout: 'met', exhausted: 'met' },
    },
    sleep: { type: 'wait.for', with: { duration: 'PT20M' }, next: 'met' },
    met: { type: 'join', next: 'think' },
    think: { type: 'wait.for', with: { duration: 'PT2H' }, interruptible: true, next: 'pay', on: { message: 'heard' } },
    heard: { type: 'message.send', with: { text: 'I am listening.' }, next: 'pay' },
    pay: {
      type: 'http.request',
      with: { method: 'POST', url: 'https://shop.example/payments/{{ step.idempotencyKey }}', response: 'none' },
      next: 'booked',
    },
    booked: { type: 'message.send', with: { text: 'Booked.' }, next: 'done' },
    done: { type: 'end' },
  },
};

/** Waits for what others emit, and for nothing said. */
const parcel: Workflow = {
  dsl: '1.0',
  id: 'parcel',
  name: 'Parcel',
  version: 1,
  triggers: [keyword('parcel', { session: { onActive: 'ignore' } })],
  start: 'paid',
  nodes: {
    paid: {
      type: 'wait.event',
      with: { name: 'order.paid', key: 'shop' },
      timeout: 'P1D',
      next: 'sent',
      on: { timeout: 'done' },
    },
    sent: {
      type: 'message.send',
      with: { text: 'On its way.', await: 'delivered' },
      timeout: 'PT6H',
      next: 'done',
      on: { timeout: 'done' },
    },
    done: { type: 'end' },
  },
};

/** Emits what the parcel waits for, once for every word. */
const pay: Workflow = {
  dsl: '1.0',
  id: 'pay',
  name: 'Pay',
  version: 1,
  triggers: [keyword('pay', { session: { onActive: 'restart' }, interrupts: true })],
  start: 'tell',
  nodes: {
    tell: { type: 'emit', with: { name: 'order.paid', key: 'shop' }, next: 'paid' },
    paid: { type: 'message.send', with: { text: 'Paid.', await: 'accepted' }, next: 'done' },
    done: { type: 'end' },
  },
};

export const WORKFLOWS: Workflow[] = [order(1), trip, parcel, pay];

/** What `publish` brings, and takes back the next time. */
export const NEW_ORDER = order(2);

/** Words that start or continue something, whoever listens. */
export const KEYWORDS = ['order', 'trip', 'parcel', 'pay'];
