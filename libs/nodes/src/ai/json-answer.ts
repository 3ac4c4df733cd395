import { checkValue, type DataSchema, type Json, type JsonObject, jsonShapeProblem } from '@workflows/core';

export type JsonAnswer = { data: JsonObject } | { problem: string };

/** The object that a model wrote, if it fits the schema; else what is wrong with it, in words for the model. */
export function readJsonAnswer(text: string, schema: DataSchema): JsonAnswer {
  const json = withoutFence(text);
  const shape = jsonShapeProblem(json);
  if (shape !== null) return { problem: `The answer cannot be read: ${shape}.` };
  let value: Json;
  try {
    value = JSON.parse(json) as Json;
  } catch {
    return { problem: 'The answer is not JSON.' };
  }
  if (!isObject(value)) return { problem: 'The answer must be one JSON object.' };
  const checked = checkValue(schema, value);
  if ('problems' in checked) {
    return { problem: checked.problems.map(({ path, message }) => `${path === '' ? 'The answer' : path} ${message}.`).join(' ') };
  }
  return isObject(checked.value) ? { data: checked.value } : { problem: 'The answer must be one JSON object.' };
}

/** Models wrap JSON into a code fence even where they are asked not to. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text.trim();
}

/** What a model is told about the form of its answer. */
export function formRules(schema: DataSchema): string {
  return `Answer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(schema)}`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
