import { MAX_CALL_DEPTH } from '../machine/answer-caller.js';
import { pointerOf } from '../definition/schema-walk.js';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import type { TenantContext } from './tenant-context.js';

/** Ids of the workflows that a document calls, each once. */
export function callsOf(document: JsonObject): string[] {
  const nodes = isObject(document['nodes']) ? Object.values(document['nodes']) : [];
  return [...new Set(nodes.flatMap((node) => calleeOf(node) ?? []))];
}

/** Part of the limit phase: calls that come back to the workflow itself, or go deeper than any run may. */
export function checkCalls({ document, nodes }: Outline, { calls = {} }: TenantContext): Problem[] {
  const own = typeof document['id'] === 'string' ? document['id'] : '';
  const known: Record<string, string[]> = { ...calls, [own]: callsOf(document) };
  return [...nodes.values()].flatMap(({ raw, pointer }) => {
    const callee = calleeOf(raw);
    if (callee === undefined) return [];
    const way = longest(callee, known, [own]);
    if (way === undefined) return [];
    const isCircle = way.indexOf(way.at(-1) ?? '') < way.length - 1;
    const shown = way.join(' > ');
    return [
      {
        path: pointerOf(pointer, ['with', 'workflow']),
        code: 'limit.call_depth',
        severity: 'error',
        message: isCircle
          ? `These workflows call each other in a circle: ${shown}.`
          : `These calls are ${way.length - 1} deep, and a run may be reached over ${MAX_CALL_DEPTH} at most: ${shown}.`,
        hint: isCircle
          ? 'Break the circle: emit an event, or put the shared part into a workflow of its own.'
          : 'Call fewer workflows one below the other.',
      },
    ];
  });
}

/** A way that is a circle or too deep, from the document on; undefined when there is none. */
function longest(callee: string, calls: Record<string, string[]>, above: readonly string[]): string[] | undefined {
  const way = [...above, callee];
  if (above.includes(callee) || way.length - 1 > MAX_CALL_DEPTH) return way;
  const further = Object.hasOwn(calls, callee) ? (calls[callee] ?? []) : [];
  for (const next of further) {
    const found = longest(next, calls, way);
    if (found !== undefined) return found;
  }
  return undefined;
}

function calleeOf(node: unknown): string | undefined {
  if (!isNode(node) || node['type'] !== 'workflow.call' || !isNode(node['with'])) return undefined;
  const { workflow } = node['with'];
  return typeof workflow === 'string' ? workflow : undefined;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
