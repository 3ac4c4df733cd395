import { type CompiledTrigger, checkValue, dataSchemaOf, holds, type Json, type JsonObject } from '@workflows/core';
import type { PublishedWorkflow } from './published-workflows.js';
import { StartRefused } from './start-refused.js';

/** The trigger of type `call` that is meant. Throws StartRefused with the names of those there are. */
export function chooseTrigger(workflow: PublishedWorkflow, wanted: string | undefined): CompiledTrigger {
  const callable = Object.values(workflow.graph.triggers).filter((trigger) => trigger.type === 'call');
  const known = callable.map((trigger) => trigger.id).join(', ') || 'none';
  if (wanted === undefined) {
    const [only, second] = callable;
    if (only !== undefined && second === undefined) return only;
    const message = `The workflow "${workflow.workflowId}" has ${callable.length} triggers of type "call" (${known}). Say which one in "trigger".`;
    throw new StartRefused('trigger', message, '/trigger');
  }
  const trigger = callable.find((candidate) => candidate.id === wanted);
  if (trigger !== undefined) return trigger;
  throw new StartRefused(
    'trigger',
    `"${wanted}" is no trigger of type "call" of this workflow. Those are: ${known}.`,
    '/trigger',
  );
}

/** The input as the trigger's schema makes it, where its condition holds. Throws StartRefused with every problem. */
export function checkInput(trigger: CompiledTrigger, given: JsonObject): JsonObject {
  const input = fitted(trigger, given);
  if (holds(trigger, { trigger: trigger.id, type: 'call', input })) return input;
  const message = `The condition of the trigger "${trigger.id}" does not hold for this input. See its "when".`;
  throw new StartRefused('condition', message, '/input');
}

function fitted(trigger: CompiledTrigger, input: JsonObject): JsonObject {
  const schema = dataSchemaOf(trigger.definition['input']);
  if (schema === undefined) return input;
  const checked = checkValue(schema, input);
  if ('value' in checked) return isObject(checked.value) ? checked.value : {};
  const problems = checked.problems.map(({ path, message }) => ({ path: `/input${path}`, code: 'start.input', message }));
  throw new StartRefused('input', 'The input does not fit the schema of the trigger.', '/input', problems);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
