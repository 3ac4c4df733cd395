import { assertNever, type ExecutionEvent, type Failure, type NodeOutcome } from '@workflows/core';
import type { EffectRecord, HistorySegment } from '@workflows/ports';

/** What a run did, step by step, as a person reads it. Holds no outputs and no message texts. */
export interface Timeline {
  started: { at: string; trigger: string; forkedFrom: { executionId: string; step: number } | null } | null;
  steps: TimelineStep[];
  /** Things that happened to the run and belong to no step: a cancellation, an order (its kind is the reason), a defect of the engine. */
  incidents: Array<{ at: string; what: 'cancelled' | 'broken' | 'ordered' | 'migrated'; reason: string; by?: string }>;
}

/** One visit of one token to one node. */
export interface TimelineStep {
  step: number;
  node: string;
  /** When the node first answered, and when it last did. */
  firstAt: string;
  lastAt: string;
  state: 'waiting' | 'failed' | 'done' | 'ended';
  /** The port through which the step left; null while it waits and when it failed. */
  port: string | null;
  waitingUntil: string | null;
  /** Messages of the contact that this step was given. */
  messages: number;
  attempts: TimelineAttempt[];
  effects: TimelineEffect[];
}

export interface TimelineAttempt {
  attempt: number;
  at: string;
  result: NodeOutcome['kind'];
  error: { code: string; message: string; retryable: boolean } | null;
}

export interface TimelineEffect {
  seq: number;
  kind: string;
  state: string;
  attempt: number;
  providerId: string | null;
  receipt: string | null;
  intentAt: string;
  changedAt: string;
}

/** What may be shown of an error message of a node. */
type Say = (node: string, message: string) => string;

/** Folds a run's history into its timeline. Segments may come in any order; effects find their step by its number. */
export function timelineOf(segments: HistorySegment[], effects: EffectRecord[], say: Say = (_, message) => message): Timeline {
  const timeline: Timeline = { started: null, steps: [], incidents: [] };
  const steps = new Map<number, TimelineStep>();
  const stepOfToken = new Map<number, number>();
  const ordered = [...segments].sort((a, b) => a.revision - b.revision);
  for (const event of ordered.flatMap((segment) => segment.events)) {
    switch (event.type) {
      case 'started':
        timeline.started = { at: event.at, trigger: event.trigger, forkedFrom: originOf(event) };
        break;
      case 'returned':
        stepOfToken.set(event.token, event.step);
        steps.set(event.step, after(steps.get(event.step), event, say));
        break;
      case 'message':
        countMessage(steps, event.token === undefined ? undefined : stepOfToken.get(event.token));
        break;
      case 'cancelled':
        timeline.incidents.push({
          at: event.at,
          what: 'cancelled',
          reason: event.reason,
          ...(event.by === undefined ? {} : { by: event.by }),
        });
        break;
      case 'ordered':
        timeline.incidents.push({
          at: event.at,
          what: 'ordered',
          reason: event.order.type,
          ...(event.by === undefined ? {} : { by: event.by }),
        });
        break;
      case 'migrated':
        timeline.incidents.push({ at: event.at, what: 'migrated', reason: `version ${event.from} -> ${event.to}` });
        break;
      case 'broken':
        timeline.incidents.push({ at: event.at, what: 'broken', reason: event.failure.code });
        break;
      // What a run reads, its timers, signals and the results of its effects show in the steps that they lead to.
      case 'context':
      case 'timer':
      case 'silenced':
      case 'released':
      case 'joined':
      case 'admitted':
      case 'effect':
      case 'signal':
        break;
      default:
        assertNever(event);
    }
  }
  for (const effect of effects) steps.get(effect.step)?.effects.push(effectOf(effect));
  timeline.steps = [...steps.values()].sort((a, b) => a.step - b.step);
  return timeline;
}

function originOf({ fork }: Extract<ExecutionEvent, { type: 'started' }>): { executionId: string; step: number } | null {
  return fork === undefined ? null : { executionId: fork.executionId, step: fork.step };
}

type Returned = Extract<ExecutionEvent, { type: 'returned' }>;

/** The step with one more answer of its node. A node that waits and is resumed answers again within the same attempt. */
function after(known: TimelineStep | undefined, event: Returned, say: Say): TimelineStep {
  const { outcome } = event;
  const attempt: TimelineAttempt = {
    attempt: event.attempt,
    at: event.at,
    result: outcome.kind,
    error: outcome.kind === 'failed' ? errorOf(outcome.failure, (message) => say(event.node, message)) : null,
  };
  const before = (known?.attempts ?? []).filter((earlier) => earlier.attempt !== event.attempt);
  return {
    step: event.step,
    node: event.node,
    firstAt: known?.firstAt ?? event.at,
    lastAt: event.at,
    state: outcome.kind,
    port: outcome.kind === 'done' ? (outcome.port ?? 'next') : null,
    waitingUntil: outcome.kind === 'waiting' ? (outcome.wait.until ?? null) : null,
    messages: known?.messages ?? 0,
    attempts: [...before, attempt],
    effects: known?.effects ?? [],
  };
}

function countMessage(steps: Map<number, TimelineStep>, step: number | undefined): void {
  const known = step === undefined ? undefined : steps.get(step);
  if (known !== undefined) known.messages += 1;
}

function errorOf(failure: Failure, say: (message: string) => string): TimelineAttempt['error'] {
  return { code: failure.code, message: say(failure.message), retryable: failure.kind === 'retryable' };
}

function effectOf(record: EffectRecord): TimelineEffect {
  const { seq, kind, state, attempt, providerId, receipt, intentAt, changedAt } = record;
  return { seq, kind, state, attempt, providerId, receipt, intentAt, changedAt };
}
