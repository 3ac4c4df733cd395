import type { ValueChange } from '../definition/diff.js';
import type { Json, JsonObject } from '../json.js';
import type { ExecutionEvent } from './event.js';
import { stateOfFork } from './fork.js';
import { knownTexts, shapedText, shapedValue } from './mask.js';
import { hidesAnything, type Privacy } from './privacy.js';
import { Secrets } from './secrets.js';
import { stateJson } from './replay.js';
import type { ExecutionState } from './state.js';

/** Stands wherever something may not be shown. */
export const REDACTED = '[redacted]';

/** Fields that hold what a node was given, what it has made of it, or what it was told. */
const PRIVATE = new Set([
  ...['data', 'details', 'effects', 'input', 'joined', 'memory', 'message', 'optionIds', 'output', 'reason', 'registration'],
  ...['result', 'settledEffects', 'signal', 'value'],
]);

/** What is known of a run: the more of it, the more copies of what is private are found. */
export interface KnownRun {
  documents: readonly JsonObject[];
  states: readonly ExecutionState[];
  /** All events, in their order. */
  events: readonly ExecutionEvent[];
  /** Which node has asked for which effect. */
  effects: ReadonlyArray<{ seq: number; node: string }>;
}

/**
 * A run as it may be shown: inputs, outputs, messages and errors of sensitive nodes and the values of private variables
 * are a mark. So are their copies elsewhere: each text or number of four characters and more which stood in one of
 * those places and is not in the document itself. What is stored stays whole, because later nodes and replay need it.
 */
export class Redaction {
  private readonly secrets: Secrets;
  /** Events that are for a sensitive node and do not say so themselves. */
  private readonly theirs: ReadonlySet<ExecutionEvent>;
  private readonly known: ReadonlySet<string>;

  constructor(
    private readonly privacy: Privacy,
    run: KnownRun,
  ) {
    this.known = knownTexts(run.documents);
    this.secrets = new Secrets(this.known);
    this.theirs = hidesAnything(privacy) ? eventsOf(privacy, run) : new Set();
    if (!hidesAnything(privacy)) return;
    const collect: Hide = (value) => {
      this.secrets.add(value);
      return REDACTED;
    };
    for (const state of run.states) this.stateBy(state, collect);
    for (const event of run.events) this.eventBy(event, collect);
  }

  /** The state with the mark. */
  state(state: ExecutionState): JsonObject {
    return part(this.whole(this.stateBy(state, () => REDACTED)));
  }

  /** The events with the mark. */
  events(events: readonly ExecutionEvent[]): JsonObject[] {
    return events.map((event) => part(this.whole(this.eventBy(event, () => REDACTED))));
  }

  /** What a node has said of an error. */
  text(node: string, text: string): string {
    return this.privacy.nodes.has(node)
      ? REDACTED
      : hidesAnything(this.privacy)
        ? this.secrets.replaceText(text, () => REDACTED)
        : text;
  }

  /** Differences between states: where there is something private their values are not shown at all. */
  changes(changes: readonly ValueChange[]): ValueChange[] {
    if (!hidesAnything(this.privacy)) return [...changes];
    return changes.map((change) => ({
      ...change,
      ...('from' in change ? { from: REDACTED } : {}),
      ...('to' in change ? { to: REDACTED } : {}),
    }));
  }

  /** The events with letters as x and digits as 1 where something is private: they can still be replayed. */
  replayable(events: readonly ExecutionEvent[]): ExecutionEvent[] {
    if (!hidesAnything(this.privacy)) return [...events];
    const read: (text: string) => ExecutionEvent[] = JSON.parse;
    const shape: Hide = (value, key) => shapedValue(key, value, this.known);
    const shown = events.map((event) => this.secrets.replace(this.eventBy(event, shape), (text) => shapedText(text, this.known)));
    return read(JSON.stringify(shown));
  }

  private whole(value: Json): Json {
    return hidesAnything(this.privacy) ? this.secrets.replace(value, () => REDACTED) : value;
  }

  private stateBy(state: ExecutionState, hide: Hide): Json {
    const shown = part(this.walk(stateJson(state), false, hide));
    const ended = Object.keys(state.visits).some((node) => this.privacy.ends.has(node));
    if (!ended) return shown;
    for (const key of ['output', 'reason']) if (shown[key] !== undefined) shown[key] = hide(shown[key], key);
    return shown;
  }

  private eventBy(event: ExecutionEvent, hide: Hide): Json {
    const plain: (text: string) => Json = JSON.parse;
    return this.walk(plain(JSON.stringify(event)), this.theirs.has(event), hide);
  }

  /** `ours`: inside of what belongs to a sensitive node. */
  private walk(value: Json, ours: boolean, hide: Hide): Json {
    if (Array.isArray(value)) return value.map((item) => this.walk(item, ours, hide));
    if (typeof value !== 'object' || value === null) return value;
    const node = value['node'];
    const inside = typeof node === 'string' ? this.privacy.nodes.has(node) : ours;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.field(key, inner, inside, hide)]));
  }

  private field(key: string, value: Json, ours: boolean, hide: Hide): Json {
    if (key === 'steps') return entries(value, (name, each) => (this.privacy.nodes.has(name) ? hide(each, 'output') : each));
    if (key === 'vars' || key === 'before')
      return entries(value, (name, each) => (this.privacy.vars.has(name) ? hide(each, 'value') : each));
    // Its lines do not say which node they are of.
    if (key === 'transcript' && this.privacy.nodes.size > 0) return hide(value, key);
    // A wait says by a truth value of that name that it wants to be told.
    if (ours && PRIVATE.has(key) && typeof value !== 'boolean') return hide(value, key);
    // What else stands in the branch belongs to other nodes.
    return this.walk(value, ours && key !== 'branch', hide);
  }
}

type Hide = (value: Json, key: string) => Json;

/** Messages, results and signals name a token, an effect or a step: which of them are for a sensitive node. */
function eventsOf({ nodes }: Privacy, { events, effects }: KnownRun): Set<ExecutionEvent> {
  const nodeOfEffect = new Map(effects.map(({ seq, node }) => [seq, node]));
  const [ofToken, ofStep] = [new Map<number, string>(), new Map<number, string>()];
  const isHidden = (node: string | undefined): boolean => node !== undefined && nodes.has(node);
  const found = new Set<ExecutionEvent>();
  for (const event of events) {
    if (event.type === 'started' && event.fork !== undefined)
      for (const { id, step, node } of stateOfFork(event.fork).tokens) {
        ofToken.set(id, node);
        ofStep.set(step, node);
      }
    if (event.type === 'returned') {
      ofToken.set(event.token, event.node);
      ofStep.set(event.step, event.node);
    }
    const theirs =
      (event.type === 'message' && event.token !== undefined && isHidden(ofToken.get(event.token))) ||
      (event.type === 'signal' && isHidden(ofStep.get(event.step))) ||
      // An effect that nobody knows may be one of theirs.
      (event.type === 'effect' && nodes.size > 0 && isHidden(nodeOfEffect.get(event.seq) ?? [...nodes][0]));
    if (theirs) found.add(event);
  }
  return found;
}

function entries(value: Json, each: (name: string, inner: Json) => Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(name, inner)]));
}

const part = (value: Json): JsonObject => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});
