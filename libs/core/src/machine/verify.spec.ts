import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { messageOf, Player } from './__fixtures__/player.js';
import type { RecordedSegment } from './stages.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { ExecutionState } from './state.js';
import { verify } from './verify.js';

const graph = (change: Partial<CompiledGraph> = {}): CompiledGraph =>
  graphOf(
    [
      nodeOf('ask', { spec: specOf('waiting', 'value'), ports: { next: 'call' }, save: 'answer' }),
      nodeOf('call', { ports: { next: 'rest' }, assign: { seen: () => 'once' } }),
      nodeOf('rest', { spec: specOf('waiting'), ports: { next: 'done' } }),
    ],
    { vars: { answer: { schema: { type: 'string' } }, seen: { schema: { type: 'string' } } }, ...change },
  );

/** A run of three commits: asked, answered and called, rested. */
function recorded(): {
  segments: RecordedSegment[];
  state: ExecutionState;
  effects: Array<{ seq: number; node: string; step: number }>;
} {
  const player = new Player(graph());
  const segments: RecordedSegment[] = [];
  let taken = 0;
  const commit = () => {
    segments.push({ revision: segments.length + 1, events: player.history.slice(taken) });
    taken = player.history.length;
  };
  player.start();
  player.answer({
    kind: 'waiting',
    wait: { messages: 'answer' },
    effects: [{ kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'never' }],
  });
  commit();
  player.give({ type: 'message', at: player.now, receivedAt: player.now, token: 1, message: messageOf('blue') });
  player.answer({ kind: 'done', output: { value: 'blue' } });
  player.answer({ kind: 'done' });
  commit();
  player.answer({ kind: 'waiting', wait: { until: '2026-04-01T00:00:00.000Z' } });
  commit();
  return { segments, state: player.state, effects: [{ seq: 1, node: 'ask', step: 1 }] };
}

describe('a run that is computed again', () => {
  it('is equal to itself', () => {
    const verdict = verify(graph(), recorded());
    expect(verdict).toMatchObject({ equal: true, firstDifference: null });
    expect(verdict.hash).toBe(verdict.recordedHash);
  });

  it('names the commit that last wrote what is different in the end', () => {
    const run = recorded();
    const state: ExecutionState = { ...run.state, vars: { ...run.state.vars, answer: 'green' } };
    expect(verify(graph(), { ...run, state })).toMatchObject({
      equal: false,
      firstDifference: {
        kind: 'state',
        revision: 2,
        values: [{ change: 'changed', path: '/vars/answer', from: 'green', to: 'blue' }],
      },
    });
  });

  it('names the first event that finds nobody it is for', () => {
    const run = recorded();
    const rerouted = graph();
    const ask = rerouted.nodes['ask'];
    if (ask !== undefined) ask.ports['next'] = 'rest';
    expect(verify(rerouted, run).firstDifference).toMatchObject({ kind: 'event', revision: 2, event: 2 });
  });

  it('names the commit whose effects are others than those that were journalled', () => {
    const run = recorded();
    expect(verify(graph(), { ...run, effects: [] }).firstDifference).toMatchObject({ kind: 'effect', revision: 1 });
    expect(
      verify(graph(), { ...run, effects: [...run.effects, { seq: 2, node: 'call', step: 2 }] }).firstDifference,
    ).toMatchObject({
      kind: 'effect',
      revision: 3,
    });
  });
});
