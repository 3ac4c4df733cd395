import type { EventClaim, EventWait } from '@workflows/ports';
import { type EventRow, type EventWaitRow, iso, type Tables, TENANT } from './tables.js';

/** A step begins to wait, and is told at once of what its run has not read yet. */
export function listen(
  tables: Tables,
  step: Omit<EventWaitRow, 'id' | 'since'>,
  { since, most }: { since: string; most: number },
): void {
  const { state } = tables.executions.get(step.executionId)!;
  const begun = Math.min(Date.parse(state.startedAt), Date.parse(String(state.event['at'] ?? state.startedAt)));
  const from = since === 'run' ? begun : Math.min(Date.parse(since), tables.now);
  const known = tables.waits.find((wait) => wait.executionId === step.executionId && wait.step === step.step);
  const wait = known ?? { ...step, id: tables.nextWaitId(), since: from };
  wait.since = from;
  if (known === undefined) tables.waits.push(wait);
  const unread = tables.events.filter(
    ({ id, name, key, at }) => name === wait.name && key === wait.key && at >= wait.since && !(state.taken ?? []).includes(id),
  );
  for (const event of unread.slice(0, most)) tell(tables, wait, event);
}

function tell(tables: Tables, wait: EventWaitRow, { id, data, key, at }: EventRow): boolean {
  const body = { executionId: wait.executionId, step: wait.step, name: 'event', id, data: { data, key, at: iso(at) } };
  return tables.post(wait.mailboxId, `event:${wait.id}:${id}`, { kind: 'signal', body });
}

export function claimEvents(tables: Tables, limit: number, retryMs: number): EventClaim {
  const isDue = ({ dispatched, dueAt }: EventRow) => !dispatched && dueAt <= tables.now;
  const events = tables.events.filter(isDue).slice(0, limit);
  for (const event of events) {
    event.dueAt = tables.now + retryMs * 2 ** Math.min(event.tries, 6);
    event.tries += 1;
  }
  return {
    now: iso(tables.now),
    more: tables.events.some(isDue),
    after: TENANT,
    revisions: { [TENANT]: tables.revision },
    events: events.map((event) => ({ ...event, tenantId: TENANT, at: iso(event.at) })),
  };
}

export function waitsForEvent(tables: Tables, id: string): { waits: EventWait[]; after: null } {
  const event = tables.events.find((each) => each.id === id)!;
  const waits = tables.waits.filter((wait) => wait.name === event.name && wait.key === event.key && wait.since <= event.at);
  return { waits, after: null };
}

export function deliverEvent(tables: Tables, id: string, wanted: EventWait[]): number {
  const event = tables.events.find((each) => each.id === id)!;
  const waits = tables.waits.filter((wait) =>
    wanted.some((each) => each.executionId === wait.executionId && each.step === wait.step),
  );
  return waits.filter((wait) => tell(tables, wait, event)).length;
}

export function finishEvents(tables: Tables, finished: Array<{ id: string }>): number {
  const open = tables.events.filter(({ id, dispatched }) => !dispatched && finished.some((each) => each.id === id));
  for (const event of open) event.dispatched = true;
  return open.length;
}
