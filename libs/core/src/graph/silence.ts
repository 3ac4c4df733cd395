import { durationMs } from '../definition/duration.js';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import { portsOf, type Edge } from './edges.js';
import type { Outline, OutlineNode } from './outline.js';

const DAY_MS = 86_400_000;

/** Does the contact speak on this way out of a node, so that the time since its last message begins anew? */
export function isAnswered(edge: Edge, node: OutlineNode): boolean {
  if (edge.kind === 'command') return true;
  if (edge.kind !== 'port') return false;
  if (edge.port === 'message') return node.raw['interruptible'] === true;
  return node.spec?.type === 'message.ask' && (edge.port === 'next' || edge.port === 'exhausted');
}

/**
 * The longest time between entering a node and leaving it, in milliseconds; Infinity where nothing bounds it. Ports
 * that are taken at once, before the node does anything, take none.
 */
export function longestStay(edge: Edge, node: OutlineNode, outline: Outline): number {
  if (edge.kind === 'port' && isTakenAtOnce(edge.port, node)) return 0;
  switch (node.spec?.category) {
    case 'activity':
      return longestAttempts(node, outline);
    case 'waiting':
      return longestWait(node);
    default:
      return 0;
  }
}

function isTakenAtOnce(port: string, node: OutlineNode): boolean {
  if (port === 'visits') return node.raw['maxVisits'] !== undefined;
  return port === 'past' && portsOf(node).some(({ name }) => name === 'past');
}

/** All attempts with their pauses; a send that waits for its receipt may take its whole timeout. */
function longestAttempts({ raw }: OutlineNode, { defaults }: Outline): number {
  const deadline = milliseconds(raw['deadline'] ?? defaults.deadline ?? 'PT5M');
  return configOf(raw)['await'] === 'delivered' ? Math.max(deadline, milliseconds(raw['timeout'])) : deadline;
}

/** What an author left out is a problem of its own (`flow.timeout_missing`) and counts as no time here. */
function longestWait(node: OutlineNode): number {
  const config = configOf(node.raw);
  switch (node.spec?.type) {
    case 'wait.for':
      return durationOrEndless(config['duration']);
    case 'wait.until':
      return isObject(config['local']) ? longestLocal(config['local']) : Infinity;
    case 'wait.event':
      return config['until'] === undefined ? milliseconds(node.raw['timeout']) : Infinity;
    case 'workflow.call':
      return config['mode'] === 'detach' ? 0 : milliseconds(node.raw['timeout']);
    default:
      return milliseconds(node.raw['timeout']);
  }
}

/** n days later at a time of day is less than n + 1 days away, a weekday comes within seven, and hours return each day. */
function longestLocal({ between, weekday, addDays }: JsonObject): number {
  if (between !== undefined) return DAY_MS - 1;
  const days = typeof addDays === 'number' ? addDays : weekday === undefined ? 0 : 7;
  return (days + 1) * DAY_MS - 1;
}

/** The shortest time until a wait is over by itself, in milliseconds: what a way through it takes at least. */
export function shortestStay(edge: Edge, node: OutlineNode): number {
  if (node.spec?.category !== 'waiting' || edge.kind !== 'port' || isTakenAtOnce(edge.port, node)) return 0;
  if (edge.port === 'timeout') return milliseconds(node.raw['timeout']);
  if (edge.port !== 'next') return 0;
  const config = configOf(node.raw);
  if (node.spec.type === 'wait.for') return finite(durationOrEndless(config['duration']));
  if (node.spec.type !== 'wait.until' || !isObject(config['local'])) return 0;
  const { addDays } = config['local'];
  return typeof addDays === 'number' ? Math.max(0, addDays - 1) * DAY_MS : 0;
}

export function configOf(raw: JsonObject): JsonObject {
  return isObject(raw['with']) ? raw['with'] : {};
}

function durationOrEndless(given: unknown): number {
  if (typeof given !== 'string') return 0;
  return given.includes('{{') ? Infinity : milliseconds(given);
}

function milliseconds(iso: unknown): number {
  return typeof iso === 'string' ? (durationMs(iso) ?? 0) : 0;
}

const finite = (ms: number): number => (Number.isFinite(ms) ? ms : 0);
