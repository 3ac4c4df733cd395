import { durationMs } from '../definition/duration.js';
import { isTaken, type Edge } from './edges.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import { shortestStay } from './silence.js';

/**
 * Part of the limit phase: waits that a run cannot live to see the end of, because `maxDuration` is over before on even
 * the shortest way. A warning, because the same graph may be left on another way.
 */
export function checkDurations(outline: Outline, edges: readonly Edge[]): Problem[] {
  const limit = outline.limits.maxDuration ?? 'P30D';
  const limitMs = durationMs(limit) ?? Infinity;
  const ways = edges.filter((edge) => isTaken(edge, outline)).flatMap((edge) => wayOf(edge, outline));
  const soonest = soonestArrivals(outline.start, ways);
  const late = new Set(
    ways.flatMap(({ from, ms }) =>
      (soonest.get(from) ?? -Infinity) + ms > limitMs && (soonest.get(from) ?? 0) <= limitMs ? [from] : [],
    ),
  );
  return [...outline.nodes.values()]
    .filter(({ id }) => late.has(id))
    .map(({ id, pointer }) => ({
      path: pointer,
      code: 'limit.duration',
      severity: 'warning',
      message: `A run ends after ${limit} (limits.maxDuration), before the wait of '${id}' can be over.`,
      hint: 'Raise limits.maxDuration, or shorten the waits.',
    }));
}

interface TimedWay {
  from: string;
  to: string;
  /** What it takes at least. */
  ms: number;
}

function wayOf(edge: Edge, outline: Outline): TimedWay[] {
  const node = outline.nodes.get(edge.from);
  return node ? [{ from: edge.from, to: edge.to, ms: shortestStay(edge, node) }] : [];
}

/** Shortest times from the start, node by node. */
function soonestArrivals(start: string | undefined, ways: readonly TimedWay[]): Map<string, number> {
  const outgoing = new Map<string, TimedWay[]>();
  for (const way of ways) outgoing.set(way.from, [...(outgoing.get(way.from) ?? []), way]);
  const soonest = new Map<string, number>();
  const open = new Set<string>();
  if (start !== undefined) {
    soonest.set(start, 0);
    open.add(start);
  }
  for (const id of open) {
    open.delete(id);
    for (const { to, ms } of outgoing.get(id) ?? []) {
      const arrival = (soonest.get(id) ?? 0) + ms;
      if (arrival >= (soonest.get(to) ?? Infinity)) continue;
      soonest.set(to, arrival);
      open.add(to);
    }
  }
  return soonest;
}
