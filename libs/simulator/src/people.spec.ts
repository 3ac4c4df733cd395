import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { runTests } from './run-tests.js';

/** A refund that somebody has to agree to. */
const REFUND: JsonObject = {
  dsl: '1.0',
  id: 'refund',
  name: 'Refund',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'decide',
  nodes: {
    decide: {
      type: 'human.approval',
      with: { queue: 'finance', title: 'Refund?' },
      timeout: 'P1D',
      next: 'end_paid',
      on: { rejected: 'end_no', timeout: 'end_late' },
    },
    end_paid: { type: 'end', with: { output: '{{ steps.decide.by + steps.decide.?comment.orValue("") }}' } },
    end_no: { type: 'end', with: { reason: 'no' } },
    end_late: { type: 'end', with: { reason: 'late' } },
  },
};

async function problemsOf(script: JsonObject[], expectation: JsonObject, document = REFUND) {
  const given = { trigger: 'api', now: '2026-03-02T14:00:00Z', event: {} };
  const { problems, tests } = await runTests({ ...document, tests: [{ name: 'a test', given, script, expect: expectation }] });
  expect(problems).toEqual([]);
  return tests[0]?.problems.map(({ path, code }) => `${code} ${path}`);
}

describe('people in a test', () => {
  it('approve, and say by whom and why', async () => {
    const script = [{ human: { approve: { by: 'Ana', comment: ': fine' } } }];
    expect(await problemsOf(script, { status: 'completed', output: 'Ana: fine' })).toEqual([]);
  });

  it('reject, or do nothing for too long', async () => {
    expect(await problemsOf([{ human: { reject: true } }], { reason: 'no' })).toEqual([]);
    expect(await problemsOf([{ advance: 'P1D' }], { reason: 'late' })).toEqual([]);
  });

  it('hand a conversation back or close it; what the contact says meanwhile is theirs', async () => {
    const desk: JsonObject = {
      ...REFUND,
      triggers: [{ id: 'api', type: 'call', contact: true, window: 'PT1H' }],
      start: 'desk',
      nodes: {
        desk: {
          type: 'human.handoff',
          with: { queue: 'support', text: 'A colleague answers here.' },
          timeout: 'PT2H',
          next: 'end_back',
          on: { closed: 'end_closed', timeout: 'end_late' },
        },
        end_back: { type: 'end', with: { output: '{{ steps.desk.note }}' } },
        end_closed: { type: 'end', with: { reason: 'closed' } },
        end_late: { type: 'end', with: { reason: 'late' } },
      },
    };
    const told: JsonObject[] = [{ out: 'A colleague answers here.' }, { in: 'hello?' }, { expect: { node: 'desk' } }];
    expect(await problemsOf([...told, { human: { handBack: { note: 'done' } } }], { output: 'done' }, desk)).toEqual([]);
    expect(await problemsOf([...told, { human: { close: {} } }], { reason: 'closed' }, desk)).toEqual([]);
    expect(await problemsOf([{ advance: 'PT2H' }], { reason: 'late' }, desk)).toEqual([]);
  });

  it('cannot decide what nobody asks, nor do what nobody knows', async () => {
    const approve = { human: { approve: true } };
    expect(await problemsOf([approve, approve], {})).toEqual(['test.failed /tests/0/script/1/human']);
    expect(await problemsOf([{ human: { shrug: true } }], {})).toEqual(['test.failed /tests/0/script/0/human']);
  });
});
