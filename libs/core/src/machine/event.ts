import type { Failure } from '../failure.js';
import type { Json, JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';
import type { Move } from '../migration/move.js';
import type { ExecutionContext } from './context.js';
import type { Order } from './order.js';
import type { EffectResult, NodeOutcome } from './outcome.js';

/**
 * Everything that can happen to a run. The list of a run's events, in order, is its history: folding `transition` over
 * it gives the run's state. Time and randomness come with the events, because the machine has neither.
 */
export type ExecutionEvent = { /** Database time, ISO 8601 in UTC. */ at: string } & (
  | {
      type: 'started';
      executionId: string;
      trigger: string;
      event: JsonObject;
      context: ExecutionContext;
      /** The message that started the run, where one did: it opens the burst that `session.debounce` gathers. */
      message?: InboundMessage;
      /** True: people have the conversation, so the run makes its first step when they give it back. */
      silenced?: true;
      /** True: another run of its session is alive, so the run begins when it is `admitted`. */
      queued?: true;
      /** The step that called the run and waits for its end. */
      caller?: Caller;
      /** Over how many calls the run was reached; absent: it was not called. */
      depth?: number;
      /** True: a run that a status has started has called it. */
      byStatus?: true;
      /** Where another run stood, for one that begins in the middle of its way: `event` and `trigger` are that run's. */
      fork?: ForkOrigin;
    }
  /** What the run reads of contact, conversation or tenant has changed since it last looked. */
  | { type: 'context'; context: ExecutionContext }
  /** A node was run or resumed. */
  | {
      type: 'returned';
      token: number;
      step: number;
      node: string;
      attempt: number;
      outcome: NodeOutcome;
      /** 0 <= random < 1, for the jitter of a retry. */ random: number;
    }
  /** A message of the contact was given to the run. `receivedAt`: when it was stored. */
  | {
      type: 'message';
      message: InboundMessage;
      receivedAt: string;
      /** The token that waits for it; absent while the run still gathers. */ token?: number;
    }
  /** Another event of the burst that the run gathers; no channel's. `receivedAt`: when it was stored. */
  | { type: 'joined'; event: JsonObject; receivedAt: string }
  /** It is the run's turn in its session. */
  | { type: 'admitted' }
  | { type: 'effect'; seq: number; result: EffectResult }
  /**
   * Something from outside for a step that waits for it by this name; one that has moved on is not touched. `id`: the
   * same thing may be offered to several steps, and the first that takes it, by being done with it, is the only one.
   */
  | { type: 'signal'; step: number; name: string; data: Json; id?: string }
  | { type: 'timer' }
  | { type: 'cancelled'; reason: string; by?: string }
  /** An operator wants something of the run; one that cannot be carried out (see `decide`) changes nothing. */
  | { type: 'ordered'; order: Order; by?: string }
  /**
   * The run goes on under another version of its workflow, from here on with that version's graph. `before` are its
   * variables until now, so that a move can be undone.
   */
  | { type: 'migrated'; migration: string; from: number; to: number; versionId: string; move: Move; before: JsonObject }
  /** People have taken the conversation: what comes for the run's steps is kept, and it says nothing, until `released`. */
  | { type: 'silenced' }
  /** People have given the conversation back. `repeat`: the token that asks again, because its question was long ago. */
  | { type: 'released'; repeat?: number }
  /** The engine itself cannot go on (for example its version is gone): the run fails with this. */
  | { type: 'broken'; failure: Failure; details?: Json }
);

/** What is for a run that cannot act on it now. The rest of the events is acted upon, or without use, at any time. */
export type HeldEvent = Exclude<
  ExecutionEvent,
  {
    type:
      'started' | 'context' | 'timer' | 'cancelled' | 'ordered' | 'migrated' | 'silenced' | 'released' | 'broken' | 'admitted';
  }
>;

/** The run and the step that a fork begins with, and the state in which the run was then. */
export interface ForkOrigin {
  executionId: string;
  step: number;
  /** A ForkedState, as it is stored. */
  state: JsonObject;
}

/** A step of another run, which lives in the same mailbox. */
export interface Caller {
  executionId: string;
  step: number;
}
