import type { CompiledGraph, Scope } from '../graph/compiled-graph.js';
import { transcriptText } from '../message/transcript.js';
import type { ExecutionState, Token } from './state.js';
import { eachOf, visibleSteps } from './branch.js';
import { branchPath, stepKey } from './step-key.js';

/** Free text may follow the contact's last message for this long, where the channel says nothing else (Meta: 24 hours). */
const DEFAULT_WINDOW_HOURS = 24;

/**
 * What expressions see (language, section 5.2). `at` becomes `run.now`: the entry of the step for its inputs, so that
 * all attempts send the same, and the event's time for what is computed when the step is over or resumed.
 */
export function scopeOf(graph: CompiledGraph, state: ExecutionState, token: Token | null, at: string): Scope {
  const { contact, tenant } = state.context;
  return {
    event: state.event,
    vars: state.vars,
    steps: token === null ? state.steps : visibleSteps(state, token),
    ...eachOf(state, token),
    run: { id: state.id, now: at, startedAt: state.startedAt, workflow: graph.workflow, version: graph.version },
    ...(contact === undefined ? {} : { contact: { ...contact } }),
    ...conversationOf(state, at),
    tenant: { ...tenant },
    ...(token === null ? {} : { step: stepOf(state, token) }),
  };
}

/** The key is worked out when it is asked for: a hash for each look at a scope would cost more than most steps do. */
function stepOf(state: ExecutionState, token: Token): NonNullable<Scope['step']> {
  const { node, visit, attempt } = token;
  return {
    get idempotencyKey() {
      return stepKey(state.id, node, visit, branchPath(state, token));
    },
    visit,
    attempt,
  };
}

function conversationOf({ context, transcript = [] }: ExecutionState, at: string): Pick<Scope, 'conversation'> {
  if (context.conversation === undefined) return {};
  const { id, channel, connection, lastInboundAt, windowHours } = context.conversation;
  const minutes = windowMinutes(lastInboundAt, windowHours, at);
  return {
    conversation: { id, channel, connection, windowMinutes: minutes, transcript: transcriptText(transcript) },
  };
}

/** Whole minutes for which free text may still be sent; 0: closed. A channel without such a rule is always fully open. */
function windowMinutes(lastInboundAt: string | null, windowHours: number | null | undefined, at: string): number {
  const hours = windowHours ?? DEFAULT_WINDOW_HOURS;
  if (windowHours === null) return hours * 60;
  if (lastInboundAt === null) return 0;
  return Math.max(0, Math.floor((Date.parse(lastInboundAt) + hours * 3_600_000 - Date.parse(at)) / 60_000));
}
