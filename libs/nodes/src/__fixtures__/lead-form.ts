import type { JsonObject } from '@workflows/core';

/** The lead form of the first release: a keyword, two questions, a call, thanks, and a template the next morning. */
export const LEAD_FORM: JsonObject = {
  dsl: '1.0',
  id: 'lead-form',
  name: 'Lead form',
  vars: {
    email: { type: 'string', format: 'email', pii: true },
    size: { type: 'string', enum: ['s1', 's2'] },
    seats: { type: 'integer', minimum: 1 },
  },
  limits: { maxDuration: 'P7D' },
  defaults: {
    retry: { maxAttempts: 4, interval: 'PT1S', backoff: 2, maxInterval: 'PT30S', jitter: 'full' },
    commands: [{ keywords: ['cancel', 'cancelar'], next: 'end_cancelled' }],
  },
  triggers: [
    {
      id: 'keyword',
      type: 'channel.message',
      channels: ['whatsapp'],
      keywords: ['quote'],
      session: { key: 'contact', onActive: 'resume', debounce: 'PT3S', maxDebounce: 'PT15S' },
    },
  ],
  start: 'ask_email',
  nodes: {
    ask_email: {
      type: 'message.ask',
      with: {
        text: "Hi {{ default(contact.firstName, 'there') }}! What is your work e-mail?",
        expect: { kind: 'email' },
        reprompt: { text: 'That does not look like an e-mail. Try again?', max: 2 },
      },
      save: 'vars.email',
      timeout: 'PT30M',
      next: 'ask_size',
      on: { timeout: 'end_abandoned', exhausted: 'end_lost' },
    },
    ask_size: {
      type: 'message.ask',
      with: {
        text: 'How big is your team?',
        options: [
          { id: 's1', title: '1-10' },
          { id: 's2', title: 'More' },
        ],
        expect: { kind: 'option' },
      },
      save: 'vars.size',
      timeout: 'PT2H',
      next: 'ask_seats',
      on: { timeout: 'end_abandoned', exhausted: 'end_lost' },
    },
    ask_seats: {
      type: 'message.ask',
      with: {
        text: 'How many seats?',
        expect: { kind: 'number', integer: true, min: 1, max: 5000 },
        checks: [{ when: "vars.size != 's1' || value <= 10", text: 'You said at most 10 people. How many seats?' }],
        debounce: 'PT4S',
      },
      save: 'vars.seats',
      timeout: 'PT2H',
      next: 'enrich',
      on: { timeout: 'end_abandoned', exhausted: 'end_lost' },
    },
    enrich: {
      type: 'http.request',
      with: {
        method: 'POST',
        url: 'https://crm.example.com/v1/leads',
        body: { email: '{{ vars.email }}', seats: '{{ vars.seats }}' },
        effect: 'idempotent',
      },
      output: { type: 'object', required: ['company'], properties: { company: { type: 'string' } } },
      timeout: 'PT10S',
      deadline: 'PT3M',
      next: 'thanks',
      catch: [{ errors: ['*'], next: 'thanks' }],
    },
    thanks: {
      type: 'message.send',
      with: { text: "Thanks! {{ steps.?enrich.?body.?company.orValue('Your team') }} will hear from us soon." },
      next: 'big',
    },
    big: { type: 'switch', cases: [{ when: 'vars.seats >= 2', next: 'next_day' }], default: 'end_done' },
    next_day: {
      type: 'wait.until',
      with: { local: { addDays: 1, at: '09:30', timezone: 'contact' } },
      interruptible: true,
      next: 'follow_up',
      on: { message: 'end_replied' },
    },
    follow_up: {
      type: 'message.template',
      with: { name: 'lead_follow_up', language: 'en', category: 'marketing', params: { first_name: '{{ contact.firstName }}' } },
      next: 'end_done',
      catch: [{ errors: ['channel.*'], next: 'end_done' }],
    },
    end_done: { type: 'end', with: { status: 'completed', output: { email: '{{ vars.email }}', seats: '{{ vars.seats }}' } } },
    end_replied: { type: 'end', with: { reason: 'contact_replied' } },
    end_lost: { type: 'end', with: { status: 'failed', reason: 'no_answer' } },
    end_abandoned: { type: 'end', with: { reason: 'abandoned' } },
    end_cancelled: { type: 'end', with: { status: 'cancelled', reason: 'contact_cancelled' } },
  },
};
