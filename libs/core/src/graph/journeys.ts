import { isTaken, type Edge } from './edges.js';
import { follow, speaksFreely, type Arrival, type Counted, type Journey, type Ways } from './follow.js';
import { originsOf } from './origins.js';
import type { Outline } from './outline.js';
import { conditionsOf } from './switch-choices.js';
import type { TenantContext } from './tenant-context.js';

/** Counting visits multiplies the places to look at, so loops of more rounds than this in all are taken for endless. */
const MOST_COUNTED = 50;

/** Follows the runs of every origin through the graph. */
export function journeysOf(outline: Outline, edges: readonly Edge[], context: TenantContext): Journey[] {
  const outgoing = new Map<string, Edge[]>();
  for (const edge of edges) {
    if (!isTaken(edge, outline)) continue;
    const known = outgoing.get(edge.from);
    if (known) known.push(edge);
    else outgoing.set(edge.from, [edge]);
  }
  const ways: Ways = { outline, outgoing, conditions: conditionsOf(outline) };
  const counted = countedNodes(outline);
  return originsOf(outline, context).map((origin) => counting(follow(origin, ways), ways, counted));
}

/**
 * A loop that `maxVisits` ends adds up to so many rounds and no more. Counting the visits of one node at a time finds
 * that; each count is a proof of its own, so a window that one of them finds open is open.
 */
function counting(journey: Journey, ways: Ways, counted: readonly Counted[]): Journey {
  return counted.reduce((known, count) => {
    if (!known.arrivals.has(count.node) || !isInDoubt(known, ways.outline)) return known;
    const finer = follow(known.origin, ways, count).arrivals;
    const arrivals = [...known.arrivals].flatMap(([id, arrival]): Array<[string, Arrival]> => {
      const found = finer.get(id);
      return found ? [[id, narrower(arrival, found)]] : [];
    });
    return { ...known, arrivals: new Map(arrivals) };
  }, journey);
}

/** Only a wait that was too long can become shorter by counting. */
function isInDoubt({ arrivals }: Journey, { nodes }: Outline): boolean {
  return [...arrivals].some(([id, { window }]) => {
    const node = nodes.get(id);
    return window.kind === 'closed' && window.why === 'time' && node !== undefined && speaksFreely(node);
  });
}

function narrower(known: Arrival, finer: Arrival): Arrival {
  return known.window.kind === 'closed' && finer.window.kind === 'open' ? finer : known;
}

function countedNodes(outline: Outline): Counted[] {
  let left = MOST_COUNTED;
  return [...outline.nodes.values()].flatMap(({ id, definition }): Counted[] => {
    const maxVisits = definition?.maxVisits;
    if (maxVisits === undefined || maxVisits > left) return [];
    left -= maxVisits;
    return [{ node: id, maxVisits }];
  });
}
