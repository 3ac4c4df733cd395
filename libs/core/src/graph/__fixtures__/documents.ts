import type { JsonObject } from '../../json.js';

/** A good document with today's nodes: keyword, question, condition, call, wait, template. Tests break copies of it. */
export function leadForm(): JsonObject {
  return structuredClone(LEAD_FORM);
}

const LEAD_FORM: JsonObject = {
  dsl: '1.0',
  id: 'lead-form',
  name: 'Lead form with next-day follow-up',
  labels: { team: 'sales' },
  vars: {
    email: { type: 'string', format: 'email', pii: true },
    size: { type: 'string', enum: ['s1', 's2', 's3'] },
    seats: { type: 'integer', minimum: 1 },
    optIn: { type: 'boolean', default: false },
    failure: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } },
  },
  limits: { maxSteps: 200, maxDuration: 'P7D' },
  defaults: {
    timeout: 'PT20S',
    retry: { maxAttempts: 4, interval: 'PT1S' },
    commands: [{ keywords: ['cancel'], next: 'end_cancelled' }],
  },
  triggers: [
    {
      id: 'wa_keyword',
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
        reprompt: { text: 'Try again?', max: 2 },
      },
      save: 'vars.email',
      timeout: 'PT30M',
      next: 'ask_size',
      on: { timeout: 'end_abandoned', exhausted: 'end_abandoned' },
    },
    ask_size: {
      type: 'message.ask',
      with: {
        text: 'How big is your team?',
        options: [
          { id: 's1', title: '1-10' },
          { id: 's2', title: '11-100' },
          { id: 's3', title: 'More' },
        ],
        expect: { kind: 'option' },
      },
      save: 'vars.size',
      timeout: 'PT2H',
      next: 'ask_seats',
      on: { timeout: 'end_abandoned', exhausted: 'end_abandoned' },
    },
    ask_seats: {
      type: 'message.ask',
      with: {
        text: 'How many seats?',
        expect: { kind: 'number', integer: true, min: 1 },
        checks: [{ when: "vars.size != 's1' || value <= 10", text: 'At most 10 people, you said.' }],
      },
      save: 'vars.seats',
      timeout: 'PT2H',
      next: 'ask_optin',
      on: { timeout: 'end_abandoned', exhausted: 'end_abandoned' },
    },
    ask_optin: {
      type: 'message.ask',
      with: {
        text: 'May we write tomorrow?',
        options: [
          { id: 'yes', title: 'Yes' },
          { id: 'no', title: 'No' },
        ],
        expect: { kind: 'option' },
      },
      assign: { 'vars.optIn': "{{ output.value == 'yes' }}" },
      timeout: 'PT2H',
      next: 'review',
      on: { timeout: 'review', exhausted: 'review' },
    },
    review: {
      type: 'message.ask',
      with: {
        text: 'Please check:\n{{ vars.email }}\n{{ vars.seats }} seats',
        options: [
          { id: 'send', title: 'Send' },
          { id: 'restart', title: 'Start again' },
        ],
        expect: { kind: 'option' },
      },
      timeout: 'PT2H',
      next: 'reviewed',
      on: { timeout: 'enrich', exhausted: 'enrich' },
    },
    reviewed: { type: 'switch', cases: [{ when: "steps.review.value == 'restart'", next: 'ask_email' }], default: 'enrich' },
    enrich: {
      type: 'http.request',
      with: {
        method: 'POST',
        url: 'https://crm.example.com/leads',
        body: { email: '{{ vars.email }}', seats: '{{ vars.seats }}' },
        effect: 'idempotent',
      },
      output: { type: 'object', required: ['company'], properties: { company: { type: 'string' }, city: { type: 'string' } } },
      timeout: 'PT10S',
      deadline: 'PT3M',
      next: 'thanks',
      catch: [{ errors: ['*'], next: 'thanks', save: 'vars.failure' }],
    },
    thanks: {
      type: 'message.send',
      with: { text: "Thanks! {{ steps.?enrich.?body.?company.orValue('Your team') }} will hear from us." },
      next: 'may_follow_up',
    },
    may_follow_up: {
      type: 'switch',
      cases: [{ when: 'vars.optIn && !contact.optedOut', next: 'next_day' }],
      default: 'end_done',
    },
    next_day: {
      type: 'wait.until',
      with: { local: { addDays: 1, at: '09:30', timezone: 'contact' } },
      interruptible: true,
      next: 'follow_up',
      on: { message: 'end_done' },
    },
    follow_up: {
      type: 'message.template',
      with: {
        name: 'lead_follow_up',
        language: 'en',
        category: 'marketing',
        params: { first_name: "{{ default(contact.firstName, 'there') }}" },
      },
      next: 'end_done',
      catch: [{ errors: ['channel.*'], next: 'end_done' }],
    },
    end_done: { type: 'end', with: { status: 'completed', output: { email: '{{ vars.email }}', seats: '{{ vars.seats }}' } } },
    end_abandoned: { type: 'end', with: { status: 'completed', reason: 'abandoned' } },
    end_cancelled: { type: 'end', with: { status: 'cancelled', reason: 'contact_cancelled' } },
  },
};
