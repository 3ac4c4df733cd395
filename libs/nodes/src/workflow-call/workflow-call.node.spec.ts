import { describe, expect, it } from '@jest/globals';
import type { Json } from '@workflows/core';
import { contextOf, NOW } from '../__fixtures__/context.js';
import type { WorkflowCallConfig } from './workflow-call.config.js';
import { WorkflowCallNode } from './workflow-call.node.js';

const node = new WorkflowCallNode();
const input = (config: Partial<WorkflowCallConfig> = {}) => ({ config: { workflow: 'rating', ...config }, fields: {} });
const context = contextOf({ idempotencyKey: '0123456789abcdef0123456789abcdef', callDepth: 2 });
const target = { workflowId: 'rating', versionId: 'v-7', version: 7, trigger: 'called', input: { n: 1 }, needsContact: false };
const found = (data: Json) => ({ type: 'effect', at: NOW, result: { outcome: 'done', data } }) as const;
const ended = (data: Json) => ({ type: 'signal', at: NOW, name: 'call.ended', data }) as const;
const END = { runId: 'r', status: 'completed', reason: '', result: { stars: 4 }, error: null };

describe('workflow.call', () => {
  it('first has the workflow looked up, so that the version is on record', () => {
    expect(node.run(input({ version: 3, input: { n: 1 } }), context)).toMatchObject({
      kind: 'waiting',
      wait: { effects: true },
      effects: [{ kind: 'store', request: { do: 'call', workflow: 'rating', version: 3, input: { n: 1 } } }],
    });
    expect(node.run(input(), context)).toMatchObject({ effects: [{ request: { version: 'published', input: {} } }] });
  });

  it('then starts the run of that version as long as it waits, one call deeper', () => {
    const outcome = node.resume(input(), context, found(target), undefined);
    expect(outcome).toMatchObject({
      kind: 'waiting',
      wait: {
        until: '2026-03-02T17:30:00.000Z',
        signals: ['call.ended'],
        registration: {
          begin: {
            type: 'call',
            workflowId: 'rating',
            versionId: 'v-7',
            trigger: 'called',
            input: { n: 1 },
            depth: 3,
            waits: true,
          },
          end: { type: 'hang-up' },
        },
      },
    });
    expect(outcome).toEqual(node.resume(input(), context, found(target), undefined));
    expect(outcome).not.toEqual(node.resume(input(), { ...context, attempt: 2 }, found(target), undefined));
  });

  it('lets a detached run go, and goes on at once', () => {
    expect(node.resume(input({ mode: 'detach' }), context, found(target), undefined)).toMatchObject({
      kind: 'done',
      output: { status: 'running', result: null },
      effects: [{ kind: 'write', write: { type: 'call', waits: false } }],
    });
  });

  it('gives the result of a run that has completed', () => {
    expect(node.resume(input(), context, ended(END), undefined)).toEqual({
      kind: 'done',
      output: { runId: 'r', status: 'completed', result: { stars: 4 } },
    });
  });

  it.each([
    ['failed by an error', { ...END, status: 'failed', error: 'http.503' }, /^call\.failed: .*http\.503/],
    ['failed by its end node', { ...END, status: 'failed', reason: 'silent' }, /^call\.failed: .*silent/],
    ['was cancelled', { ...END, status: 'cancelled' }, /^call\.cancelled: /],
  ])('raises its own error when the run %s', (_how, data, error) => {
    expect(() => node.resume(input(), context, ended(data), undefined)).toThrow(error);
  });

  it('leaves by timeout when its time is over', () => {
    expect(node.resume(input(), context, { type: 'timer', at: NOW }, undefined)).toEqual({ kind: 'done', port: 'timeout' });
  });

  it('fails when there is no such workflow, and when it needs a contact that the run does not have', () => {
    const failure = { code: 'resource.missing', kind: 'terminal', message: 'No workflow.' } as const;
    const missing = { type: 'effect', at: NOW, result: { outcome: 'failed', failure } } as const;
    expect(node.resume(input(), context, missing, undefined)).toEqual({ kind: 'failed', failure });
    const needing = found({ ...target, needsContact: true });
    expect(() => node.resume(input(), { ...context, contact: null }, needing, undefined)).toThrow('call.failed');
    expect(node.resume(input(), context, needing, undefined)).toMatchObject({ kind: 'waiting' });
  });

  it('goes five calls deep and no deeper', () => {
    expect(node.run(input(), { ...context, callDepth: 4 })).toMatchObject({ kind: 'waiting' });
    expect(() => node.run(input(), { ...context, callDepth: 5 })).toThrow('limit.call_depth');
  });
});
