import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf } from './__fixtures__/graph.js';
import { CONTEXT, START } from './__fixtures__/player.js';
import { transitionBelowCeiling } from './ceiling.js';
import type { ExecutionEvent } from './event.js';
import { replay } from './replay.js';
import type { ExecutionState } from './state.js';
import { STATE_CEILING, stateSize } from './state-size.js';

const graph = graphOf([nodeOf('call', { ports: { next: 'more' }, save: 'kept' }), nodeOf('more')], {
  vars: { kept: { schema: {} } },
});

function play(events: ExecutionEvent[]): { state: ExecutionState; recorded: ExecutionEvent[] } {
  let state: ExecutionState | null = null;
  const recorded: ExecutionEvent[] = [];
  for (const event of events) {
    const next = transitionBelowCeiling(graph, state, event);
    state = next.state;
    recorded.push(...next.events);
  }
  if (state === null) throw new Error('No event was played.');
  return { state, recorded };
}

const started = (event = {}): ExecutionEvent => ({
  type: 'started',
  at: START,
  executionId: 'run-1',
  trigger: 'hello',
  event,
  context: CONTEXT,
});
const returned = (text: string): ExecutionEvent => ({
  type: 'returned',
  at: START,
  token: 1,
  step: 1,
  node: 'call',
  attempt: 1,
  random: 0.5,
  outcome: { kind: 'done', output: { value: text } },
});

describe('the ceiling of a state', () => {
  it('lets a run keep what is below it', () => {
    const { state, recorded } = play([started(), returned('x'.repeat(100_000))]);
    expect([state.status, recorded.length]).toEqual(['running', 2]);
  });

  it('fails a run that would keep more, at the size it has and with a code that nothing catches', () => {
    const { state, recorded } = play([started(), returned('x'.repeat(300_000))]);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'limit.state', kind: 'terminal' } });
    expect(stateSize(state)).toBeLessThan(2_000);
    expect(recorded.map(({ type }) => type)).toEqual(['started', 'broken']);
    expect(replay(graph, recorded)).toEqual(state);
  });

  it('records a start that is too large to keep without what it brought', () => {
    const { state, recorded } = play([started({ body: 'x'.repeat(STATE_CEILING) })]);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'limit.state' }, event: { trigger: 'hello' } });
    expect(JSON.stringify(recorded).length).toBeLessThan(2_000);
    expect(replay(graph, recorded)).toEqual(state);
  });
});
