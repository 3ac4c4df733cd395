import type { CompiledGraph, CompiledTrigger } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import { channelEvent, eventOf } from '../machine/channel-event.js';
import type { InboundMessage } from '../message/inbound.js';
import type { LiveRun } from './live-run.js';
import { isHandedOff } from './people.js';
import { activeRuns, turnOf } from './session.js';
import { isForStories, isKeyworded, isThere, matchesTrigger, priorityOf } from './trigger-match.js';
import { byTurn, isEarly, type Listener, listeners, offered } from './waiting-tokens.js';

/** The published version of a workflow, as far as it can be started; a CompiledGraph fits. */
export type PublishedWorkflow = Pick<CompiledGraph, 'workflow' | 'triggers'>;

export interface RouteInput {
  message: InboundMessage;
  /** When the message was stored, by the database's clock. */
  receivedAt: string;
  channel: string;
  /** The tenant's name for the connection. */
  connection: string;
  runs: readonly LiveRun[];
  /** True: a person has taken the conversation over. */
  taken?: boolean;
  workflows: readonly PublishedWorkflow[];
  /** Id of the workflow that gets what no trigger wants. */
  fallback?: string;
  /** The step whose message is quoted or tapped, looked up in the journal by `message.quotedId`; absent when unknown. */
  quoted?: { executionId: string; step: number };
}

export type Route =
  /** Give it to this token as a `message` event. */
  | { to: 'run'; executionId: string; token: number }
  /** It joins the burst that the run still gathers: a `message` event without a token. */
  | { to: 'gather'; executionId: string }
  /** Start a run with `event`, after cancelling those in `cancel`; `queued`: it waits for its turn in its session. */
  | { to: 'start'; workflowId: string; trigger: string; event: JsonObject; cancel: string[]; queued?: true }
  /** It belongs to the run, which has no use for it now. */
  | { to: 'consumed'; executionId: string; why: 'early' | 'active' | 'ignored' | 'full' }
  /** People have the conversation: it is theirs. */
  | { to: 'people' }
  | { to: 'nobody' };

/** Who gets a message of a contact: the first rule that applies (language, section 6.3; the numbers are its numbers). */
export function routeMessage(given: RouteInput): Route {
  // A run whose steps are being undone has ended for the contact: it neither listens nor holds its session.
  const input = { ...given, runs: given.runs.filter(({ state }) => state.ending === undefined) };
  if (input.taken === true || input.runs.some(isHandedOff)) return { to: 'people' }; // 2
  // A reaction is never an answer: a thumbs up below a question must not count as a wrong reply. Neither is a comment, which
  // is no part of the conversation.
  const speaks = input.message.kind !== 'reaction' && input.message.comment === undefined;
  const matches = matchingTriggers(input);
  return (
    (speaks ? toTappedAsk(input) : null) ?? // 3
    toTrigger(matches.filter(interrupts)) ?? // 4
    (speaks ? toTurn(input) : null) ?? // 5
    (speaks ? toListener(input) : null) ?? // 6
    toActiveSession(matches) ?? // 7
    toTrigger(matches) ?? // 8
    (speaks ? toFallback(input) : null) ?? { to: 'nobody' } // 9
  );
}

/** A tap or a quote finds its ask even when another one has the turn by now. */
function toTappedAsk({ runs, message, quoted }: RouteInput): Route | null {
  const asks = byTurn(listeners(runs, 'answer'));
  const isQuoted = ({ run, token }: Listener) => run.state.id === quoted?.executionId && token.step === quoted.step;
  const ask = asks.find(isQuoted) ?? asks.find((listener) => offered(listener, message));
  return ask === undefined ? null : toToken(ask);
}

function toTurn({ runs, receivedAt }: RouteInput): Route | null {
  const [ask] = byTurn(listeners(runs, 'answer'));
  if (ask === undefined) return null;
  return isEarly(ask, receivedAt) ? { to: 'consumed', executionId: ask.run.state.id, why: 'early' } : toToken(ask);
}

/** A run that gathers comes first: it exists because the contact is in the middle of saying something. */
function toListener({ runs, receivedAt }: RouteInput): Route | null {
  const gathering = runs.find(({ state }) => state.gathering !== undefined);
  if (gathering !== undefined) return { to: 'gather', executionId: gathering.state.id };
  const waiting = byTurn(listeners(runs, 'interrupt')).find((listener) => !isEarly(listener, receivedAt));
  return waiting === undefined ? null : toToken(waiting);
}

interface Match {
  workflow: string;
  trigger: CompiledTrigger;
  event: JsonObject;
  /** Live runs of the same workflow under the same session key. */
  active: LiveRun[];
}

/** All triggers that fit, in the order of rule 8: by priority, choosy ones before open ones, then by workflow id. */
function matchingTriggers(input: RouteInput): Match[] {
  const { message, receivedAt, channel, workflows } = input;
  const matches = workflows.flatMap(({ workflow, triggers }) =>
    Object.values(triggers).flatMap((trigger): Match[] => {
      const event = eventOf(trigger.type, { trigger: trigger.id, channel, at: receivedAt, message });
      return matchesTrigger(trigger, message, input, event)
        ? [{ workflow, trigger, event, active: activeRuns(input.runs, workflow, trigger, event) }]
        : [];
    }),
  );
  return matches.sort(
    (a, b) =>
      priorityOf(b.trigger) - priorityOf(a.trigger) ||
      Number(isKeyworded(b.trigger)) - Number(isKeyworded(a.trigger)) ||
      Number(isForStories(b.trigger)) - Number(isForStories(a.trigger)) ||
      (a.workflow < b.workflow ? -1 : Number(a.workflow > b.workflow)),
  );
}

/** Only what would start a run interrupts; when the workflow is in the middle of asking, the message is for its ask. */
function interrupts({ trigger, active }: Match): boolean {
  return trigger.definition['interrupts'] === true && (active.length === 0 || trigger.session.onActive === 'restart');
}

function toActiveSession(matches: readonly Match[]): Route | null {
  const match = matches.find(({ active }) => active.length > 0);
  return match === undefined ? null : toMatch(match);
}

function toTrigger(matches: readonly Match[]): Route | null {
  const [match] = matches;
  return match === undefined ? null : toMatch(match);
}

/** The tenant's fallback workflow starts by its first trigger on messages here, whatever else that trigger asks for. */
function toFallback(input: RouteInput): Route | null {
  const { fallback, workflows, message, channel, receivedAt } = input;
  const published = workflows.find(({ workflow }) => workflow === fallback);
  const triggers = Object.values(published?.triggers ?? {});
  const trigger = triggers.find((each) => each.type === 'channel.message' && isThere(each, input));
  if (published === undefined || trigger === undefined || message.kind === 'unsupported') return null;
  const event = channelEvent({ trigger: trigger.id, channel, at: receivedAt, message });
  const { workflow } = published;
  return toMatch({ workflow, trigger, event, active: activeRuns(input.runs, workflow, trigger, event) });
}

function toMatch({ workflow, trigger, event, active }: Match): Route {
  const turn = turnOf(trigger, active);
  return turn.to === 'consumed' ? turn : { ...turn, workflowId: workflow, trigger: trigger.id, event };
}

function toToken({ run, token }: Listener): Route {
  return { to: 'run', executionId: run.state.id, token: token.id };
}
