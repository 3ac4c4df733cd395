import type { Failure } from '../failure.js';
import type { Json, JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';
import type { TranscriptLine } from '../message/transcript.js';
import type { ExecutionContext } from './context.js';
import type { Caller, HeldEvent } from './event.js';
import type { EffectResult, Signal, Wait } from './outcome.js';
import type { Registration } from './write.js';

export const EXECUTION_STATUSES = ['running', 'waiting', 'paused', 'completed', 'failed', 'cancelled'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** The whole state of a run. Plain JSON: it is stored as it is, and replaying the run's history must give it again. */
export interface ExecutionState {
  id: string;
  status: ExecutionStatus;
  reason?: string;
  error?: Failure & { node?: string };
  output?: Json;
  startedAt: string;
  /** The run's ceiling: at this instant it fails with `limit.duration`, whatever it waits for. */
  expiresAt: string;
  /** Id of the trigger that started the run, and its event as expressions see it. */
  trigger: string;
  event: JsonObject;
  /** The step of another run that waits for this one, and over how many calls it was reached. Absent when it was not called. */
  caller?: Caller;
  depth?: number;
  /** Present when it was called, over however many calls, by a run that a status has started: what it says starts nothing. */
  byStatus?: true;
  /** Of a fork: the run and the step that it began with. */
  forkedFrom?: { executionId: string; step: number };
  /**
   * Present while the first event still gathers its burst (`session.debounce`): messages, or `items`, which are events that
   * come from no channel.
   */
  gathering?: { until: string; latest: string; messages: InboundMessage[]; items?: JsonObject[] };
  /** Present while another run of the session is alive: the run begins when that one has ended. Its `reason` is then `queued`. */
  queued?: true;
  vars: JsonObject;
  /** Present on a run that was moved to another version: which one it is pinned to now, and by which migration. */
  migrated?: { migration: string; version: number; versionId: string };
  /** Output of the latest visit of each node. */
  steps: JsonObject;
  /** What the run last read of the world around it. */
  context: ExecutionContext;
  /** What was said in this run, the oldest first; absent where the workflow does not read `conversation.transcript`. */
  transcript?: TranscriptLine[];
  tokens: Token[];
  /** Regions that are open, an outer one before those inside it. Absent when there is none. */
  regions?: Region[];
  visits: Record<string, number>;
  /** Ids of the signals that steps have taken: each serves a run once. Absent when there is none. */
  taken?: string[];
  /** Present when the run has given out the one private message that the comment which started it allows. */
  commentAnswered?: true;
  /** Present while an operator has the run paused. */
  paused?: { at: string };
  /** Present while people have the run's conversation, and the run is not the one that gave it to them. */
  silenced?: { at: string };
  /** What came for the run while it could not act on it, in order; it does when it goes on. Absent when nothing has. */
  held?: HeldEvent[];
  /** Steps that have succeeded and know how to be undone, the latest last. Absent when there is none. */
  compensations?: Compensation[];
  /** How the run ends as soon as its steps are undone; present while they are. Its `reason` is then `compensating`. */
  ending?: Ending;
  /** What became of each step that was to be undone, in that order. Absent when there was none. */
  compensated?: Compensated[];
  /** Present on a run that an error has ended: where it stood, so that an operator can have it go on from there. */
  stopped?: Stopped;
  /** `tokens`: how many the run has made; absent as long as it was only the first. */
  counters: { steps: number; sends: number; effects: number; tokens?: number };
}

/**
 * A region between a fork and its join, while it is open. It holds what is to come and what has been, never what is
 * under way: live branches are tokens, or regions inside this one.
 */
export interface Region {
  /** Number of the step that opened it. */
  id: number;
  /** The token that forked. It goes on at the join when the region closes. */
  owner: Token;
  /** Branches, or items, in all. */
  size: number;
  /** Items of a foreach that no iteration has begun with, in their order. */
  rest: Json[];
  /** In the order of arrival; `value` is what an iteration leaves by `collect`. */
  arrived: Array<{ branch: string; value?: Json }>;
  /** Branches that ended with an error where the join collects errors. */
  failed: Array<{ branch: string; error: { code: string; message: string; node: string; attempts: number } }>;
  /** Outputs of the branches of a parallel, kept for behind the join. */
  steps: JsonObject;
}

export type Ending =
  | { status: 'completed' | 'failed' | 'cancelled'; reason?: string; output?: Json }
  | { status: 'failed'; error: Failure & { node?: string } };

/** A step to be undone. Its input was rendered when the step was done, or could not be. */
export type Compensation = { node: string; step: number } & ({ input: StepInput } | { failure: Failure });

export type Compensated = { node: string; step: number } & (
  { outcome: 'done' } | { outcome: 'failed'; error: { code: string; message: string; attempts: number } }
);

export interface StepInput {
  config: Json;
  fields: Json;
}

/** Where a run stood when it failed, before its regions were closed. */
export interface Stopped {
  at: string;
  /** The token whose step failed; absent when the failure was none of a step. */
  token?: number;
  tokens: Token[];
  regions?: Region[];
}

/** Where a token stands inside a region. */
export interface Branch {
  /** Id of the region. */
  region: number;
  /** Name of the branch, or number of the item from 0. */
  name: string;
  /** Present in the iterations of a foreach. */
  each?: { item: Json; index: number };
  /** Outputs of the nodes that were visited in this branch. Siblings do not see them. */
  steps: JsonObject;
  /** Visits of nodes in this iteration of a foreach, which counts its own. */
  visits?: Record<string, number>;
}

/** One active branch of a run, standing on one node. */
export interface Token {
  id: number;
  node: string;
  /** Number of the step, counted over the run: a visit of one token to one node. */
  step: number;
  visit: number;
  attempt: number;
  enteredAt: string;
  /** When the node last sent something and waited for an answer: the latest of a conversation has the turn. */
  askedAt?: string;
  /** Absent on the main branch. */
  branch?: Branch;
  /** What the region that this token closes has come to: the output of the join on which it stands. */
  joined?: JsonObject;
  /** Present on a token that undoes a step: which one, and with what. */
  undoes?: { step: number; input: StepInput };
  phase: TokenPhase;
}

export type TokenPhase =
  /** The node's strategy is at work; `signal` and `memory` are there when it was resumed rather than run. */
  | {
      kind: 'running';
      signal?: Signal;
      memory?: Json;
      /** Of the wait that was resumed: it lasts until the step is left. */
      registration?: Registration;
      /** Effects of earlier outcomes of this step whose results the node still wants. */
      pendingEffects?: number[];
      /** Results that came while the strategy was at work; they resume it as soon as it waits again. */
      settledEffects?: SettledEffect[];
    }
  /** `deadline`: an activity that is still waiting then fails with `timeout`. */
  | { kind: 'waiting'; wait: Wait; pendingEffects: number[]; deadline?: string }
  | { kind: 'retrying'; at: string; failure: Failure };

export interface SettledEffect {
  seq: number;
  result: EffectResult;
}
