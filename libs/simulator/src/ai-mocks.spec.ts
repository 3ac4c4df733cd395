import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { runTests } from './run-tests.js';

/** Sorts what a contact writes, answers one kind of it, and gives up on the rest. */
function document(test: JsonObject): JsonObject {
  return {
    dsl: '1.0',
    id: 'sorting',
    name: 'Sorting',
    triggers: [{ id: 'dm', type: 'channel.message', channels: ['whatsapp'] }],
    start: 'sort',
    nodes: {
      sort: {
        type: 'ai.classify',
        with: {
          model: 'default',
          input: '{{ event.text }}',
          labels: { order: 'About an order', other: 'All else' },
          minConfidence: 0.6,
        },
        next: 'answer',
        on: { unsure: 'end_unsure' },
        catch: [{ errors: ['ai.*'], next: 'end_down' }],
      },
      answer: {
        type: 'ai.generate',
        with: { model: 'default', prompt: '{{ event.text }} is about {{ steps.sort.label }}' },
        next: 'say',
      },
      say: { type: 'message.send', with: { text: '{{ steps.answer.text }}' }, next: 'end_done' },
      end_done: { type: 'end', with: { output: '{{ steps.sort.confidence }}' } },
      end_unsure: { type: 'end', with: { reason: 'unsure' } },
      end_down: { type: 'end', with: { reason: 'down' } },
    },
    tests: [{ name: 'one', ...test }],
  };
}

async function play(mocks: JsonObject, expectation: JsonObject): Promise<string[]> {
  const given = { trigger: 'dm', now: '2026-03-02T10:00:00Z', mocks };
  const report = await runTests(document({ given, script: [{ in: 'hi' }], expect: expectation }));
  return [...report.problems, ...report.tests.flatMap(({ problems }) => problems)].map(({ code, path }) => `${code} ${path}`);
}

describe('nodes with a model in a test', () => {
  it('answer what the test says, with neutral values for the rest', async () => {
    const mocks = { sort: { output: { label: 'order' } }, answer: { output: { text: 'It ships today.' } } };
    expect(await play(mocks, { status: 'completed', output: 0, sends: { exactly: 1 } })).toEqual([]);
  });

  it('leave by the port that the test names, or fail as it says', async () => {
    expect(await play({ sort: { outcome: 'unsure' } }, { reason: 'unsure' })).toEqual([]);
    expect(await play({ sort: { error: 'ai.blocked' } }, { reason: 'down', calls: { sort: 1 } })).toEqual([]);
  });

  it('need a mock where a test comes by', async () => {
    expect(await play({ sort: { output: { label: 'order' } } }, { status: 'completed' })).toEqual([
      'test.unmocked /tests/0/given/mocks',
    ]);
  });
});
