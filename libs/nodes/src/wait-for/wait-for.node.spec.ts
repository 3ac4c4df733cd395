import { describe, expect, it } from '@jest/globals';
import { contextOf, NOW, textOf } from '../__fixtures__/context.js';
import { waitForSpec } from './wait-for.config.js';
import { WaitForNode } from './wait-for.node.js';

const node = new WaitForNode();
const input = { config: { duration: 'PT90M' }, fields: {} };

describe('wait.for', () => {
  it('waits for its duration and listens to nobody', () => {
    expect(node.run(input, contextOf())).toEqual({ kind: 'waiting', wait: { until: '2026-03-02T18:30:00.000Z' } });
  });

  it('says when it was over', () => {
    expect(node.resume(input, contextOf(), { type: 'timer', at: NOW })).toEqual({ kind: 'done', output: { firedAt: NOW } });
  });

  it('is ended by a message when it is interruptible', () => {
    expect(node.run(input, contextOf({ interruptible: true }))).toMatchObject({ wait: { messages: 'interrupt' } });
    const signal = { type: 'message', at: NOW, receivedAt: NOW, message: textOf('hello') } as const;
    expect(node.resume(input, contextOf(), signal)).toEqual({
      kind: 'done',
      port: 'message',
      output: { text: 'hello', kind: 'text' },
    });
  });

  it('refuses a duration that makes none, when it is written and when it is computed', () => {
    expect(waitForSpec.config.safeParse({ duration: 'P1M' }).success).toBe(false);
    expect(waitForSpec.config.safeParse({ duration: 'PT{{ vars.n }}M' }).success).toBe(true);
    expect(() => node.run({ config: { duration: 'PT-5M' }, fields: {} }, contextOf())).toThrow('expr.failed');
  });
});
