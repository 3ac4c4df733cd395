import { isObject } from '../expression/convert.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';

/**
 * Parts of the language that this engine does not run yet, below the level of node and trigger types. They are refused
 * by name: a field that is accepted and then ignored would break its promise in silence.
 */
export function checkComing(outline: Outline): Problem[] {
  const nodes = [...outline.nodes.values()].flatMap(({ pointer, raw }) => [
    ...(raw['compensate'] === undefined ? [] : [coming(`${pointer}/compensate`, 'compensate')]),
    ...(raw['sensitive'] === true ? [coming(`${pointer}/sensitive`, 'sensitive')] : []),
  ]);
  const sessions = outline.triggers.flatMap(({ pointer, raw }) => {
    const session = raw['session'];
    const queues = isObject(session) && session['onActive'] === 'queue';
    return queues ? [coming(`${pointer}/session/onActive`, 'queue', 'Use "resume", "restart" or "ignore".')] : [];
  });
  return [...nodes, ...sessions];
}

function coming(path: string, what: string, hint = 'Leave it out until then.'): Problem {
  const message = `'${what}' is part of the language but this engine does not run it yet.`;
  return { path, code: 'shape.invalid', severity: 'error', message, hint };
}
