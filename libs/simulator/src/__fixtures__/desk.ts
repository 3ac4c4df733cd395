import type { JsonObject } from '@workflows/core';
import { runTests, type RunTestsOptions } from '../run-tests.js';
import type { TestProblem, TestReport, TestResult } from '../report.js';

/** A help desk: asks what is wrong, books a visit over HTTP, says when, and reminds on the next day. */
export const DESK: JsonObject = {
  dsl: '1.0',
  id: 'desk',
  name: 'Help desk',
  vars: { topic: { type: 'string' }, problem: { type: 'string', default: '' } },
  defaults: {
    retry: { maxAttempts: 3, interval: 'PT10S', jitter: 'full' },
    commands: [{ keywords: ['stop'], next: 'end_stopped' }],
  },
  triggers: [
    { id: 'help', type: 'channel.message', channels: ['whatsapp'], keywords: ['help'], session: { debounce: 'PT3S' } },
    {
      id: 'api',
      type: 'call',
      contact: true,
      window: 'PT1H',
      input: { type: 'object', required: ['topic'], properties: { topic: { type: 'string' } } },
      assign: { 'vars.problem': '{{ event.input.topic }}' },
    },
  ],
  start: 'ask_topic',
  nodes: {
    ask_topic: {
      type: 'message.ask',
      with: {
        text: 'Hello {{ contact.firstName }}, what is it about?',
        options: [
          { id: 'repair', title: 'Repair' },
          { id: 'other', title: 'Something else' },
        ],
        expect: { kind: 'option' },
        reprompt: { text: 'Please tap.', max: 1 },
      },
      save: 'vars.topic',
      timeout: 'PT30M',
      next: 'ask_problem',
      on: { timeout: 'end_silent', exhausted: 'end_silent' },
    },
    ask_problem: {
      type: 'message.ask',
      with: { text: 'Tell me more.', expect: { kind: 'text' }, debounce: 'PT4S' },
      save: 'vars.problem',
      timeout: 'PT30M',
      next: 'book',
      on: { timeout: 'end_silent', exhausted: 'end_silent' },
    },
    book: {
      type: 'http.request',
      with: { method: 'POST', url: 'https://desk.example/visits', body: { problem: '{{ vars.problem }}' }, effect: 'idempotent' },
      output: { type: 'object', required: ['day'], properties: { day: { type: 'string' } } },
      next: 'booked',
      catch: [{ errors: ['http.4xx'], next: 'sorry' }],
    },
    booked: { type: 'message.send', with: { text: 'We come on {{ steps.book.body.day }}.' }, next: 'wait' },
    sorry: { type: 'message.send', with: { text: 'We cannot come.' }, next: 'end_silent' },
    wait: { type: 'wait.for', with: { duration: 'P2D' }, next: 'remind' },
    remind: {
      type: 'message.send',
      with: { text: 'Were you happy?', await: 'accepted' },
      next: 'end_done',
      catch: [{ errors: ['channel.window_closed'], next: 'end_late' }],
    },
    end_done: { type: 'end', with: { output: { topic: '{{ vars.topic }}' } } },
    end_late: { type: 'end', with: { reason: 'late' } },
    end_silent: { type: 'end', with: { reason: 'silent' } },
    end_stopped: { type: 'end', with: { status: 'cancelled', reason: 'stopped' } },
  },
};

export const NOW = '2026-03-02T14:00:00Z';

/** A booked visit, up to the message that names its day. */
export const BOOKING = [{ in: 'help' }, { in: { option: 'repair' } }, { in: 'It leaks' }];
export const BOOKED = { book: { output: { body: { day: 'Monday' } } } };

export interface DeskTest {
  given?: JsonObject;
  script: JsonObject[];
  expect?: JsonObject;
}

export async function play(test: DeskTest, options?: RunTestsOptions): Promise<TestResult> {
  const report = await playAll([test], options);
  const [result] = report.tests;
  if (result === undefined) throw new Error(report.problems.map(({ path, message }) => `${path} ${message}`).join('\n'));
  return result;
}

export function playAll(tests: DeskTest[], options?: RunTestsOptions): Promise<TestReport> {
  const documents = tests.map(({ given = {}, script, expect = {} }, index) => ({
    name: `test ${index}`,
    given: { trigger: 'help', now: NOW, ...given },
    script,
    expect,
  }));
  return runTests({ ...DESK, tests: documents }, options);
}

/** The findings as `code path`, for a short look. */
export function findings(result: TestResult): string[] {
  return result.problems.map(({ code, path }: TestProblem) => `${code} ${path}`);
}
