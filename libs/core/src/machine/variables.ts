import { checkValue, type ValueProblem } from '../definition/check-value.js';
import { terminal, WorkflowError, type Failure } from '../failure.js';
import type { Render, Scope } from '../graph/compiled-graph.js';
import type { Json } from '../json.js';
import type { Draft } from './draft.js';

/** Stores a value in a variable, or throws `vars.invalid`. `null` means absent: the variable takes its default again, or goes. */
export function setVariable(draft: Draft, name: string, value: Json): void {
  const variable = draft.graph.vars[name];
  if (variable === undefined) {
    throw terminal('vars.invalid', `There is no variable "${name}". Declare it under "vars".`);
  }
  const checked = checkValue(variable.schema, value);
  if ('problems' in checked) {
    throw terminal('vars.invalid', `The value for vars.${name} does not fit its schema: ${explain(checked.problems)}.`);
  }
  const { [name]: _former, ...others } = draft.state.vars;
  draft.state.vars = checked.value === undefined ? others : { ...others, [name]: checked.value };
}

/** All problems of a value in one sentence. Values are not shown: they may be personal. */
export function explain(problems: readonly ValueProblem[]): string {
  return problems.map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`).join('; ');
}

/** Stores several in the order of the document; later ones see the earlier ones. */
export function assignAll(draft: Draft, assign: Record<string, Render>, scope: () => Scope): void {
  for (const [name, render] of Object.entries(assign)) setVariable(draft, name, render(scope()));
}

/**
 * Runs what may throw a WorkflowError, and takes all variables back to where they were if it does. Anything else that
 * is thrown is a defect of the engine and goes on.
 */
export function attempt<T>(draft: Draft, work: () => T): { ok: true; value: T } | { ok: false; failure: Failure } {
  const before = draft.state.vars;
  draft.state.vars = { ...before };
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    draft.state.vars = before;
    return { ok: false, failure: error.failure };
  }
}
