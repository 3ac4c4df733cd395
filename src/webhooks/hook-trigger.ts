import {
  type CompiledTrigger,
  type DataSchema,
  dataSchemaShape,
  durationMs,
  type JsonObject,
  type Scope,
  WorkflowError,
} from '@workflows/core';
import { contactOf, type ContactReference } from '@workflows/engine';
import { z } from 'zod';
import { unprocessable } from '../problems/refusal.js';
import type { HookAuth } from './hook-auth.js';

const auth = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hmac'),
    secret: z.string(),
    header: z.string(),
    encoding: z.enum(['hex', 'base64']).optional(),
    prefix: z.string().optional(),
    timestampHeader: z.string().optional(),
    tolerance: z.string(),
  }),
  z.object({ type: z.literal('token'), secret: z.string(), header: z.string() }),
  z.object({ type: z.literal('none') }),
]);

const response = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('async') }),
  z.object({ mode: z.literal('sync'), timeout: z.string() }),
]);

const definition = z.object({ type: z.literal('webhook'), method: z.string(), auth, response, body: dataSchemaShape.optional() });

export interface HookTrigger {
  id: string;
  method: string;
  auth: HookAuth;
  /** Name of the header that proves the sender, if any. */
  authHeader: string | undefined;
  body: DataSchema | undefined;
  /** Longest wait for the end of the run, in milliseconds; null: the sender is answered as soon as the run is accepted. */
  waitMs: number | null;
  compiled: CompiledTrigger;
}

/** Compiled triggers never change, so each is read once. */
const known = new WeakMap<CompiledTrigger, HookTrigger | null>();

/** The door's view of a webhook trigger, or null for a trigger of another type. The compiler has filled the defaults in. */
export function hookTriggerOf(compiled: CompiledTrigger): HookTrigger | null {
  let trigger = known.get(compiled);
  if (trigger === undefined) known.set(compiled, (trigger = readTrigger(compiled)));
  return trigger;
}

function readTrigger(compiled: CompiledTrigger): HookTrigger | null {
  const read = definition.safeParse(compiled.definition);
  if (!read.success) return null;
  const { method, auth: given, response: answer, body } = read.data;
  return {
    id: compiled.id,
    method,
    auth: given.type === 'hmac' ? { ...given, toleranceMs: durationMs(given.tolerance) ?? 0 } : given,
    authHeader: given.type === 'none' ? undefined : given.header,
    body,
    waitMs: answer.mode === 'sync' ? (durationMs(answer.timeout) ?? 0) : null,
    compiled,
  };
}

/** What a trigger says about one event. */
export interface HookStart {
  /** The run's contact, if the trigger binds one. */
  contact?: ContactReference;
  /** The key by which a repeat of the event is known. An empty one is none: it would make all events one. */
  idempotencyKey?: string;
}

/** Null: the trigger's condition says that this event starts no run. Refuses an event that its expressions cannot read. */
export function startOf({ compiled }: HookTrigger, event: JsonObject): HookStart | null {
  const scope: Scope = { event };
  const { when, idempotencyKey, contact } = compiled;
  if (when !== undefined && !computed('when', () => when(scope))) return null;
  const key = idempotencyKey === undefined ? '' : computed('idempotencyKey', () => idempotencyKey(scope));
  return {
    ...(key === '' ? {} : { idempotencyKey: key }),
    ...(contact === undefined ? {} : { contact: computed('contact', () => contactOf(contact, scope)) }),
  };
}

/** An expression fails on an event that lacks what it reads. Its message may hold a value, so only its place is named. */
function computed<Result>(field: string, compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    const message = `The field "${field}" of the trigger cannot be computed from this event. Send what it reads, or give the trigger a schema for its body.`;
    throw unprocessable('The event does not fit the expressions of the trigger; see errors.', [
      { path: '', code: error.failure.code, message },
    ]);
  }
}
