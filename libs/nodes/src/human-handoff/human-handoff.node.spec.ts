import { describe, expect, it } from '@jest/globals';
import { contextOf, NOW } from '../__fixtures__/context.js';
import { HumanHandoffNode } from './human-handoff.node.js';

const node = new HumanHandoffNode();
const input = { config: { queue: 'support', text: 'A colleague answers here.', note: 'Wants a refund\nOrder 42' }, fields: {} };
const DUE = '2026-03-02T17:30:00.000Z';
const signal = (name: string, data: { by: string; note: string }) => ({ type: 'signal', at: NOW, name, data }) as const;

describe('human.handoff', () => {
  it('tells the contact, opens a task for people and waits for them', () => {
    expect(node.run(input, contextOf())).toMatchObject({
      kind: 'waiting',
      wait: {
        until: DUE,
        signals: ['back', 'closed'],
        registration: {
          begin: {
            type: 'task',
            kind: 'handoff',
            queue: 'support',
            title: 'Wants a refund',
            details: { note: 'Wants a refund\nOrder 42' },
          },
        },
      },
      effects: [{ kind: 'message', message: { type: 'content', text: 'A colleague answers here.' } }],
    });
  });

  it('says nothing to the contact unless it is told to', () => {
    const outcome = node.run({ config: { queue: 'support' }, fields: {} }, contextOf());
    expect(outcome).toMatchObject({ wait: { registration: { begin: { title: 'Hand-off', priority: 0 } } }, effects: [] });
  });

  it('goes on with what people left when they hand the conversation back, and by its own port when they close it', () => {
    const output = { by: 'Bea', note: 'refunded' };
    expect(node.resume(input, contextOf(), signal('back', output), DUE)).toEqual({ kind: 'done', output });
    expect(node.resume(input, contextOf(), signal('closed', output), DUE)).toEqual({ kind: 'done', port: 'closed', output });
  });

  it('leaves by timeout when nobody acted', () => {
    expect(node.resume(input, contextOf(), { type: 'timer', at: DUE }, DUE)).toEqual({ kind: 'done', port: 'timeout' });
  });
});
