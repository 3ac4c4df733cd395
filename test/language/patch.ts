import type { Json } from '@workflows/core';
import { z } from 'zod';

/** `fill` is no step of JSON Patch: it puts a list of so many copies there, for what is too many. */
export const patchSteps = z
  .array(
    z.discriminatedUnion('op', [
      z.strictObject({ op: z.literal('add'), path: z.string(), value: z.json() }),
      z.strictObject({ op: z.literal('replace'), path: z.string(), value: z.json() }),
      z.strictObject({ op: z.literal('remove'), path: z.string() }),
      z.strictObject({ op: z.literal('fill'), path: z.string(), value: z.json(), count: z.int().min(1) }),
    ]),
  )
  .min(1);

export type PatchStep = z.infer<typeof patchSteps>[number];

/** A document with the steps of a JSON Patch (RFC 6902: add, replace, remove) taken. The document itself is not changed. */
export function patched(document: Json, steps: readonly PatchStep[]): Json {
  const copy = structuredClone(document);
  for (const step of steps) take(copy, step);
  return copy;
}

function take(document: Json, step: PatchStep): void {
  const keys = step.path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Json | undefined>(below, document);
  const isThere = below(parent, last) !== undefined;
  if (
    typeof parent !== 'object' ||
    parent === null ||
    (isThere === (step.op === 'add') && !Array.isArray(parent) && step.op !== 'fill')
  )
    throw new Error(`A step "${step.op}" cannot be taken at ${step.path}.`);
  const value = step.op === 'remove' ? undefined : step.op === 'fill' ? new Array<Json>(step.count).fill(step.value) : step.value;
  if (!Array.isArray(parent)) {
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  } else if (step.op === 'add') parent.splice(last === '-' ? parent.length : Number(last), 0, step.value);
  else if (value === undefined) parent.splice(Number(last), 1);
  else parent[Number(last)] = value;
}

function below(parent: Json | undefined, key: string): Json | undefined {
  if (typeof parent !== 'object' || parent === null) return undefined;
  return Array.isArray(parent) ? parent[Number(key)] : Object.hasOwn(parent, key) ? parent[key] : undefined;
}
