import { describe, expect, it } from '@jest/globals';
import type { ExecutionEvent, NodeOutcome } from '@workflows/core';
import type { EffectRecord, HistorySegment } from '@workflows/ports';
import { timelineOf } from './timeline.js';

const at = (second: number): string => `2026-03-02T14:00:${String(second).padStart(2, '0')}.000Z`;

const started: ExecutionEvent = {
  at: at(0),
  type: 'started',
  executionId: 'run',
  trigger: 'wa_keyword',
  event: {},
  context: { tenant: { id: 't', name: 'T', timezone: 'UTC', locale: 'en', settings: {} } },
};

const returned = (second: number, step: number, node: string, outcome: NodeOutcome, attempt = 1): ExecutionEvent => ({
  at: at(second),
  type: 'returned',
  token: 1,
  step,
  node,
  attempt,
  outcome,
  random: 0,
});

const answer = (second: number): ExecutionEvent => ({
  at: at(second),
  type: 'message',
  message: { id: `wamid.${second}`, at: at(second), kind: 'text', text: 'a text that must not show' },
  receivedAt: at(second),
  token: 1,
});

const segment = (revision: number, ...events: ExecutionEvent[]): HistorySegment => ({ revision, at: at(revision), events });

const failure = { code: 'http.503', kind: 'retryable', message: 'The service answered 503.' } as const;

const effect = (seq: number, step: number): EffectRecord => ({
  seq,
  node: 'any',
  step,
  kind: 'message',
  state: 'sent',
  attempt: 1,
  providerId: `wamid.out.${seq}`,
  receipt: 'delivered',
  intentAt: at(1),
  changedAt: at(2),
  result: { secret: 'result' },
});

describe('timelineOf', () => {
  it('is empty for a run that nobody has picked up yet', () => {
    expect(timelineOf([], [])).toEqual({ started: null, steps: [], incidents: [] });
  });

  it('joins waiting, the answer and leaving into one step', () => {
    const waiting: NodeOutcome = { kind: 'waiting', wait: { until: at(30), messages: 'answer' } };
    const timeline = timelineOf(
      [segment(1, started, returned(1, 1, 'ask', waiting)), segment(2, answer(5), returned(5, 1, 'ask', { kind: 'done' }))],
      [],
    );
    expect(timeline.started).toEqual({ at: at(0), trigger: 'wa_keyword', forkedFrom: null });
    expect(timeline.steps).toHaveLength(1);
    expect(timeline.steps[0]).toMatchObject({
      node: 'ask',
      state: 'done',
      port: 'next',
      firstAt: at(1),
      lastAt: at(5),
      messages: 1,
      waitingUntil: null,
    });
    expect(timeline.steps[0]?.attempts).toHaveLength(1);
  });

  it('shows each attempt with its error', () => {
    const events = [
      returned(1, 1, 'call', { kind: 'failed', failure }),
      returned(2, 1, 'call', { kind: 'failed', failure }, 2),
      returned(4, 1, 'call', { kind: 'done' }, 3),
    ];
    const [step] = timelineOf([segment(1, started, ...events)], []).steps;
    expect(step?.attempts.map((attempt) => [attempt.attempt, attempt.result, attempt.error?.code ?? null])).toEqual([
      [1, 'failed', 'http.503'],
      [2, 'failed', 'http.503'],
      [3, 'done', null],
    ]);
    expect(step?.state).toBe('done');
  });

  it('names the port of an outcome and the end of the run', () => {
    const events = [
      returned(1, 1, 'ask', { kind: 'done', port: 'timeout' }),
      returned(1, 2, 'bye', { kind: 'ended', status: 'completed' }),
    ];
    const { steps } = timelineOf([segment(1, started, ...events)], []);
    expect(steps.map((step) => [step.node, step.state, step.port])).toEqual([
      ['ask', 'done', 'timeout'],
      ['bye', 'ended', null],
    ]);
  });

  it('says until when a step waits', () => {
    const [step] = timelineOf(
      [segment(1, started, returned(1, 1, 'pause', { kind: 'waiting', wait: { until: at(50) } }))],
      [],
    ).steps;
    expect(step).toMatchObject({ state: 'waiting', port: null, waitingUntil: at(50) });
  });

  it('keeps two visits to the same node apart', () => {
    const events = [
      returned(1, 1, 'ask', { kind: 'done' }),
      returned(2, 2, 'check', { kind: 'done' }),
      returned(3, 3, 'ask', { kind: 'done' }),
    ];
    expect(timelineOf([segment(1, started, ...events)], []).steps.map((step) => step.step)).toEqual([1, 2, 3]);
  });

  it('puts effects to the step that made them, without what they returned', () => {
    const timeline = timelineOf(
      [segment(1, started, returned(1, 1, 'ask', { kind: 'done' }), returned(2, 2, 'thanks', { kind: 'done' }))],
      [effect(1, 1), effect(2, 2), effect(3, 99)],
    );
    expect(timeline.steps.map((step) => step.effects.map((made) => made.seq))).toEqual([[1], [2]]);
    expect(JSON.stringify(timeline)).not.toContain('secret');
  });

  it('reads segments in the order of their revisions', () => {
    const segments = [
      segment(2, returned(2, 2, 'second', { kind: 'done' })),
      segment(1, started, returned(1, 1, 'first', { kind: 'done' })),
    ];
    expect(timelineOf(segments, []).steps.map((step) => step.node)).toEqual(['first', 'second']);
  });

  it('tells of a cancellation and of a broken engine', () => {
    const events: ExecutionEvent[] = [
      { at: at(3), type: 'cancelled', reason: 'by hand', by: 'key:ops' },
      { at: at(4), type: 'broken', failure: { code: 'internal', kind: 'terminal', message: 'The version is gone.' } },
    ];
    expect(timelineOf([segment(1, started, ...events)], []).incidents).toEqual([
      { at: at(3), what: 'cancelled', reason: 'by hand', by: 'key:ops' },
      { at: at(4), what: 'broken', reason: 'internal' },
    ]);
  });

  it('shows no text that a contact wrote', () => {
    expect(JSON.stringify(timelineOf([segment(1, started, answer(2))], []))).not.toContain('must not show');
  });
});
