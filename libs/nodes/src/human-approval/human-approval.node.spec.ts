import { describe, expect, it } from '@jest/globals';
import { contextOf, NOW } from '../__fixtures__/context.js';
import { humanApprovalSpec } from './human-approval.config.js';
import { HumanApprovalNode } from './human-approval.node.js';

const node = new HumanApprovalNode();
const input = { config: { queue: 'sales', title: 'Discount of 30 %', details: { customer: 'Ana' } }, fields: {} };
const DUE = '2026-03-02T17:30:00.000Z';
const decision = { decision: 'approved', by: 'Bea', comment: 'fine', at: NOW };

describe('human.approval', () => {
  it('opens a task and waits for its decision, no longer than its timeout', () => {
    expect(node.run(input, contextOf())).toEqual({
      kind: 'waiting',
      wait: {
        until: DUE,
        signals: ['decision'],
        registration: {
          begin: {
            type: 'task',
            kind: 'approval',
            queue: 'sales',
            title: 'Discount of 30 %',
            details: { customer: 'Ana' },
            due: DUE,
          },
        },
        memory: DUE,
      },
    });
  });

  it.each([
    ['approved', {}],
    ['rejected', { port: 'rejected' }],
  ])('leaves by the port of a task that is %s, with who decided and why', (word, port) => {
    const data = { ...decision, decision: word };
    const signal = { type: 'signal', at: NOW, name: 'decision', data } as const;
    expect(node.resume(input, contextOf(), signal, DUE)).toEqual({ kind: 'done', ...port, output: data });
  });

  it('leaves by timeout when nobody has decided', () => {
    expect(node.resume(input, contextOf(), { type: 'timer', at: DUE }, DUE)).toEqual({ kind: 'done', port: 'timeout' });
  });

  it('goes on waiting, no longer than before, when something else comes', () => {
    const signal = { type: 'signal', at: NOW, name: 'decision', data: 'no decision' } as const;
    expect(node.resume(input, contextOf(), signal, DUE)).toMatchObject({ kind: 'waiting', wait: { until: DUE } });
  });

  it('names its queue in the document, because the compiler looks it up', () => {
    expect(humanApprovalSpec.config.safeParse({ queue: '{{ vars.queue }}', title: 'x' }).success).toBe(false);
  });
});
