import type { ASTNode } from '@marcbachmann/cel-js';
import { durationMs } from '../definition/duration.js';
import type { Edge } from './edges.js';
import type { Origin } from './origins.js';
import { hasContact, needsContact, type Outline, type OutlineNode } from './outline.js';
import { configOf, isAnswered, longestStay } from './silence.js';
import { ANY, choicesOf, type Choice } from './switch-choices.js';
import { ANSWERED, isSame, later, merge, openFor, shownOpen, spoken, type WindowState } from './window-state.js';

/** How a run came to a node since the contact last wrote. `silentMs` is not capped at the window. */
export interface Way {
  node: string;
  silentMs: number;
  before: Way | null;
}

/** What holds whenever a run of an origin enters a node; the way is one that makes it so. */
export interface Arrival {
  window: WindowState;
  way: Way;
}

/** Where the runs of one origin can come. */
export interface Journey {
  origin: Origin;
  /** By node id; nodes that these runs cannot reach are not in it. */
  arrivals: ReadonlyMap<string, Arrival>;
  /** Ports of switches that these runs take, as `node port`. */
  taken: ReadonlySet<string>;
}

/** The graph as runs follow it. */
export interface Ways {
  outline: Outline;
  outgoing: ReadonlyMap<string, Edge[]>;
  conditions: ReadonlyMap<string, Array<ASTNode | null>>;
}

/** A node whose visits are told apart: behind the last of them a run leaves it by its port `visits`, and only so. */
export interface Counted {
  node: string;
  maxVisits: number;
}

const HOUR_MS = 3_600_000;

/**
 * A loop that adds to the silence is followed this often; then its silence counts as endless. A day has 288 times five
 * minutes, the default deadline, so that loops which a condition on the window bounds are still followed to their end.
 */
const MOST_RISES = 300;

/** Follows the runs of one origin through the graph, to the fixpoint. */
export function follow(origin: Origin, ways: Ways, counted?: Counted): Journey {
  const { outline } = ways;
  const limitMs = (origin.channel?.capabilities.windowHours ?? Infinity) * HOUR_MS;
  const places = new Places();
  const taken = new Set<string>();
  if (outline.start !== undefined && outline.nodes.has(outline.start)) {
    const window = windowAtStart(origin, limitMs);
    places.enter(outline.start, 0, { window, way: { node: outline.start, silentMs: silenceOf(window), before: null } });
  }
  for (const { id, visits, arrival } of places.open()) {
    const node = outline.nodes.get(id);
    // Without a contact a run fails at its first message, so nothing behind that is a matter of this trigger.
    if (!node || (!hasContact(origin.trigger) && needsContact(node))) continue;
    const choices = choicesOf(ways.conditions.get(id), origin, limitMs);
    const full = counted?.node === id && visits >= counted.maxVisits;
    const later = counted?.node === id && !full ? visits + 1 : visits;
    for (const edge of ways.outgoing.get(id) ?? []) {
      const choice = choices.get(edge.port) ?? ANY;
      if (!choice.possible || (counted?.node === id && isVisitsPort(edge) !== full)) continue;
      taken.add(`${id} ${edge.port}`);
      if (outline.nodes.has(edge.to)) places.enter(edge.to, later, leave(edge, node, arrival, choice, outline, limitMs));
    }
  }
  return { origin, arrivals: places.arrivals(), taken };
}

interface Place {
  id: string;
  /** Visits of the counted node so far; 0 where none is counted. */
  visits: number;
  arrival: Arrival;
  rises: number;
}

/** What is known of every place, and which of them must be looked at again. */
class Places {
  readonly #known = new Map<string, Place>();
  readonly #open = new Set<Place>();

  enter(id: string, visits: number, arrival: Arrival): void {
    const key = `${visits} ${id}`;
    const before = this.#known.get(key);
    const place = before ?? { id, visits, arrival, rises: 0 };
    if (before) {
      const window = merge(before.arrival.window, arrival.window);
      if (isSame(before.arrival.window, window)) return;
      before.rises += 1;
      before.arrival = before.rises > MOST_RISES && window.kind === 'open' ? endless(arrival) : { window, way: arrival.way };
    } else this.#known.set(key, place);
    this.#open.add(place);
  }

  /** First in, first out: a loop then rises once per round and not once per way into it. */
  *open(): Iterable<Place> {
    for (const place of this.#open) {
      this.#open.delete(place);
      yield place;
    }
  }

  /** By node, whatever was counted. */
  arrivals(): Map<string, Arrival> {
    const arrivals = new Map<string, Arrival>();
    for (const { id, arrival } of this.#known.values()) {
      const known = arrivals.get(id);
      const window = known ? merge(known.window, arrival.window) : arrival.window;
      if (!known || !isSame(known.window, window)) arrivals.set(id, { window, way: arrival.way });
    }
    return arrivals;
  }
}

function endless({ way }: Arrival): Arrival {
  return { window: { kind: 'closed', why: 'time' }, way: { ...way, silentMs: Infinity } };
}

const isVisitsPort = (edge: Edge): boolean => edge.kind === 'port' && edge.port === 'visits';

function leave(edge: Edge, node: OutlineNode, arrival: Arrival, choice: Choice, outline: Outline, limitMs: number): Arrival {
  if (isAnswered(edge, node)) {
    const answered = { node: node.id, silentMs: 0, before: null };
    return { window: ANSWERED, way: { node: edge.to, silentMs: 0, before: answered } };
  }
  if (choice.silentMs !== undefined) {
    const silentMs = Math.min(choice.silentMs, arrival.way.silentMs);
    return { window: shownOpen(arrival.window, choice.silentMs), way: { node: edge.to, silentMs, before: arrival.way } };
  }
  const stay = longestStay(edge, node, outline);
  const window = speaksFreely(node) && !isVisitsPort(edge) ? spoken(arrival.window) : arrival.window;
  return {
    window: later(window, stay, limitMs),
    way: { node: edge.to, silentMs: arrival.way.silentMs + stay, before: arrival.way },
  };
}

/** Does the node send what only an open window lets through? Public replies and templates need none. */
export function speaksFreely({ spec, raw }: OutlineNode): boolean {
  const config = configOf(raw);
  switch (spec?.type) {
    case 'message.send':
      return config['public'] !== true;
    case 'message.ask':
      return config['template'] === undefined;
    case 'human.handoff':
      return config['text'] !== undefined;
    default:
      return false;
  }
}

/** Triggers of later engines are in this list, so that they bring their behaviour and not a hole in the proof. */
const STARTED_BY_CONTACT = ['channel.message', 'channel.postback', 'channel.story'];

function windowAtStart({ trigger, channel }: Origin, limitMs: number): WindowState {
  if (!channel || !Number.isFinite(limitMs)) return ANSWERED;
  const type = trigger.raw['type'];
  if (STARTED_BY_CONTACT.some((known) => known === type)) return ANSWERED;
  if (type === 'channel.comment') return { kind: 'one_message' };
  const { window } = trigger.raw;
  const least = type === 'call' && typeof window === 'string' ? durationMs(window) : undefined;
  return least ? openFor(limitMs - least, limitMs) : { kind: 'closed', why: 'start' };
}

function silenceOf(window: WindowState): number {
  if (window.kind === 'open') return window.silentMs;
  return window.kind === 'closed' ? Infinity : 0;
}
