import {
  checkValue,
  type CompiledTrigger,
  dataSchemaOf,
  FINISHED_EVENT,
  holds,
  type Json,
  type JsonObject,
  STATUS_EVENT,
} from '@workflows/core';
import type { ClaimedEvent } from '@workflows/ports';

/**
 * The event as a trigger sees it (language, section 2), without `at`; null when the trigger does not take it: another
 * type or name, data that does not fit its schema, or a condition that does not hold.
 */
export function eventFor(claimed: ClaimedEvent, trigger: CompiledTrigger): JsonObject | null {
  const own = ownFor(claimed, trigger);
  if (own === null) return null;
  const event = { id: claimed.id, trigger: trigger.id, type: trigger.type, ...own };
  return holds(trigger, event) ? event : null;
}

function ownFor(claimed: ClaimedEvent, trigger: CompiledTrigger): JsonObject | null {
  switch (claimed.name) {
    case FINISHED_EVENT:
      return endFor(claimed, trigger);
    case STATUS_EVENT:
      return statusFor(claimed, trigger);
    default:
      return namedFor(claimed, trigger);
  }
}

function namedFor({ name, key, data, source }: ClaimedEvent, { type, definition }: CompiledTrigger): JsonObject | null {
  if (type !== 'event' || !isNamed(name, definition['name'])) return null;
  const fitted = fit(definition['data'], data);
  return fitted === undefined ? null : { name, key: key ?? '', data: fitted, source: sourceOf(source) };
}

/** The end of a run, as `RunEnds` has written it. */
function endFor({ data }: ClaimedEvent, { type, definition }: CompiledTrigger): JsonObject | null {
  if (type !== 'workflow.finished' || typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const { workflow, statuses } = definition;
  if (data['workflow'] !== workflow || !Array.isArray(statuses) || !statuses.includes(data['status'] ?? null)) return null;
  const output = fit(definition['output'], data['output'] ?? {});
  return output === undefined ? null : { ...data, output };
}

/** What became of a message, as `workflows.tell_status` has written it. */
function statusFor({ data }: ClaimedEvent, { type, definition }: CompiledTrigger): JsonObject | null {
  if (type !== 'channel.status' || typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const { statuses } = definition;
  if (!Array.isArray(statuses) || !statuses.includes(data['status'] ?? null)) return null;
  const shown = ['messageId', 'status', 'runId', 'errorCode'].filter((field) => data[field] !== undefined);
  return Object.fromEntries(shown.map((field) => [field, data[field] ?? null]));
}

/** Exact, or a family such as `order.*`, which takes everything below `order`. */
function isNamed(name: string, wanted: Json | undefined): boolean {
  if (typeof wanted !== 'string') return false;
  return wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

function fit(schema: Json | undefined, data: Json): Json | undefined {
  const known = dataSchemaOf(schema);
  if (known === undefined) return data;
  const checked = checkValue(known, data);
  return 'value' in checked ? (checked.value ?? null) : undefined;
}

/** Who emitted it: `execution:<id>` for a run, else what its door has called the sender. */
function sourceOf({ executionId, sender }: JsonObject): string {
  if (typeof executionId === 'string') return `execution:${executionId}`;
  return typeof sender === 'string' ? sender : '';
}
