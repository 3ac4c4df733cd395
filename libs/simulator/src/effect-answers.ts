import { type Command, type EffectResult, type StoreRequest, windowFailure } from '@workflows/core';
import { unmocked } from './node-players.js';
import type { Outbox } from './outbox.js';
import type { SimulatedRun } from './simulated-run.js';
import type { Stage } from './stage.js';
import { pointer, TestStopped } from './test-problem.js';

/** What the world of a test says to calls, to reads and writes of its tables, and to messages. */
export class EffectAnswers {
  constructor(
    private readonly stage: Stage,
    private readonly outbox: Outbox,
  ) {}

  /** Undefined when it says nothing yet. Throws TestStopped for a call that nothing stands in for. */
  answer(
    run: SimulatedRun,
    { seq, node, step, effect }: Command & { type: 'effect' },
    now: string,
    lastInboundAt: string | null,
  ): EffectResult | undefined {
    const mocked = run.mockOf(step)?.answer(run.attemptOf(step));
    if (effect.kind === 'http') {
      if (mocked !== undefined) return mocked;
      throw new TestStopped(unmocked(pointer(this.stage.testPath, 'given', 'mocks'), node, 'http.request'));
    }
    if (effect.kind === 'store') return this.askStore(effect.request);
    if (effect.kind === 'model') throw new Error('A node with a model is mocked as a whole, so no model is asked for it.');
    if (effect.kind === 'write' || (mocked !== undefined && mocked.outcome !== 'done')) return mocked;
    const { conversation } = this.stage.world;
    const closed =
      conversation === null ? null : windowFailure(effect.message, conversation.capabilities, lastInboundAt, Date.parse(now));
    if (closed !== null) return { outcome: 'failed', failure: closed };
    const { notify, message } = effect;
    const { id } = this.outbox.put({ at: now, node, executionId: run.id, step, seq, notify, message });
    return notify === 'accepted' ? (mocked ?? { outcome: 'done', data: { messageId: id, status: 'accepted' } }) : undefined;
  }

  private askStore(request: StoreRequest): EffectResult {
    const { world } = this.stage;
    if (request.do === 'call') throw new Error('A call is mocked as a whole, so nothing is looked up for it.');
    if (request.do !== 'contact') return world.tables.answer(request);
    return { outcome: 'done', data: { version: world.changeContact(request) } };
  }
}
