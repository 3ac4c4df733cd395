import { LANGUAGE_TRIGGER_TYPES } from '../definition/triggers.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';

/**
 * Parts of the language that this engine does not run yet, beside the node types that it does not have. They are refused
 * by name: a field that is accepted and then ignored would break its promise in silence. `triggerTypes`: those that run.
 */
export function checkComing(outline: Outline, triggerTypes: readonly string[]): Problem[] {
  return outline.triggers.flatMap(({ pointer, raw: { type } }) => {
    const known = LANGUAGE_TRIGGER_TYPES.find((name) => name === type);
    return known === undefined || triggerTypes.includes(known) ? [] : [comingTrigger(`${pointer}/type`, known, triggerTypes)];
  });
}

function comingTrigger(path: string, type: string, running: readonly string[]): Problem {
  const message = `The trigger type "${type}" is part of the language but this engine does not run it yet.`;
  return { path, code: 'shape.node_type', severity: 'error', message, hint: `This engine runs: ${running.join(', ')}.` };
}
