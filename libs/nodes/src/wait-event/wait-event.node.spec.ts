import { describe, expect, it } from '@jest/globals';
import { terminal } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { contextOf, NOW, textOf } from '../__fixtures__/context.js';
import type { WaitEventConfig } from './wait-event.config.js';
import { WaitEventNode } from './wait-event.node.js';

const node = new WaitEventNode();
const END = '2026-03-02T17:30:00.000Z';
const input = (config: Partial<WaitEventConfig> = {}) => ({ config: { name: 'order.paid', key: 'o-1', ...config }, fields: {} });
const paid = { data: { total: 7 }, key: 'o-1', at: NOW };

function hears(config: Partial<WaitEventConfig>, context: Partial<NodeContext> = {}) {
  const signal = { type: 'signal', at: NOW, name: 'event', id: 'e-1', data: paid } as const;
  return node.resume(input(config), contextOf(context), signal, { until: END });
}

describe('wait.event', () => {
  it('listens from the start of its run and for as long as it says', () => {
    expect(node.run(input(), contextOf())).toEqual({
      kind: 'waiting',
      wait: {
        until: END,
        signals: ['event'],
        registration: {
          begin: { type: 'listen', name: 'order.paid', key: 'o-1', since: 'run', most: 20 },
          end: { type: 'unlisten' },
        },
        memory: { until: END },
      },
    });
  });

  it('listens from its own beginning with since: step, and looks at more where it has a condition', () => {
    expect(node.run(input({ since: 'step', match: 'incoming.data.total > 5' }), contextOf())).toMatchObject({
      wait: { registration: { begin: { since: NOW, most: 1000 } } },
    });
  });

  it('ends at the instant of "until", whatever its offset', () => {
    const config = { until: '2026-03-03T09:00:00-03:00' };
    expect(node.run(input(config), contextOf({ timeoutMs: null }))).toMatchObject({
      wait: { until: '2026-03-03T12:00:00.000Z' },
    });
    expect(() => node.run(input({ until: 'soon' }), contextOf({ timeoutMs: null }))).toThrow('expr.failed');
  });

  it('gives what the event carries', () => {
    expect(hears({})).toEqual({ kind: 'done', output: paid });
  });

  it('takes the event for which its condition holds, and waits on for others', () => {
    const seen: unknown[] = [];
    const evaluate: NodeContext['evaluate'] = (source, locals) => {
      seen.push(locals);
      return source === 'yes';
    };
    expect(hears({ match: 'yes' }, { evaluate })).toMatchObject({ kind: 'done' });
    expect(hears({ match: 'no' }, { evaluate })).toMatchObject({ kind: 'waiting', wait: { until: END, signals: ['event'] } });
    expect(seen[0]).toEqual({ incoming: { name: 'order.paid', ...paid } });
  });

  it('passes over an event that lacks what the condition reads', () => {
    const evaluate = () => {
      throw terminal('expr.failed', 'no such key');
    };
    expect(hears({ match: 'incoming.data.missing' }, { evaluate })).toMatchObject({ kind: 'waiting' });
  });

  it('leaves by timeout when its time is over, and by message when it is interrupted', () => {
    expect(node.resume(input(), contextOf(), { type: 'timer', at: NOW }, { until: END })).toEqual({
      kind: 'done',
      port: 'timeout',
    });
    expect(node.run(input(), contextOf({ interruptible: true }))).toMatchObject({ wait: { messages: 'interrupt' } });
    const message = { type: 'message', at: NOW, receivedAt: NOW, message: textOf('stop') } as const;
    expect(node.resume(input(), contextOf(), message, { until: END })).toMatchObject({
      port: 'message',
      output: { text: 'stop' },
    });
  });

  it('fails where its key comes out empty, because no event could ever have it', () => {
    expect(() => node.run(input({ key: '' }), contextOf())).toThrow('expr.failed');
  });
});
