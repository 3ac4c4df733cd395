import { isDue, type Json, type JsonObject, type Write } from '@workflows/core';
import type { SimulatedRun } from './simulated-run.js';

interface SimulatedEvent {
  id: string;
  name: string;
  key: string | null;
  data: Json;
  at: string;
}

/** An event on its way to a step that waits for it. */
interface EventLetter {
  run: SimulatedRun;
  signal: { step: number; name: string; id: string; data: JsonObject };
}

type Listen = Write & { type: 'listen' };

/** The events of a test: what the engine keeps in its tables of events and waits, by the same rules. */
export class SimulatedEvents {
  private readonly all: SimulatedEvent[] = [];
  private readonly letters: EventLetter[] = [];

  /** Keeps an event, and tells those of the runs that wait for it. */
  add(event: Omit<SimulatedEvent, 'id'>, runs: readonly SimulatedRun[]): void {
    const added = { ...event, id: `event-${this.all.length + 1}` };
    this.all.push(added);
    for (const run of runs)
      for (const { step, listen } of waitsOf(run)) if (isFor(listen, added, run)) this.tell(run, step, added);
  }

  /** Does what a run has written. */
  write(run: SimulatedRun, step: number, write: Write, now: string, runs: readonly SimulatedRun[]): void {
    if (write.type === 'event') this.add({ name: write.name, key: write.key, data: write.data, at: now }, runs);
    if (write.type !== 'listen') return;
    const unread = this.all.filter((event) => isFor(write, event, run) && run.state.taken?.includes(event.id) !== true);
    for (const event of unread.slice(0, write.most)) this.tell(run, step, event);
  }

  next(): EventLetter | undefined {
    return this.letters.shift();
  }

  private tell(run: SimulatedRun, step: number, { id, data, key, at }: SimulatedEvent): void {
    this.letters.push({ run, signal: { step, name: 'event', id, data: { data, key, at } } });
  }
}

function waitsOf({ state }: SimulatedRun): Array<{ step: number; listen: Listen }> {
  return state.tokens.flatMap(({ step, phase }) => {
    const begin = phase.kind === 'waiting' ? phase.wait.registration?.begin : undefined;
    return begin?.type === 'listen' ? [{ step, listen: begin }] : [];
  });
}

function isFor({ name, key, since }: Listen, event: SimulatedEvent, { state }: SimulatedRun): boolean {
  return event.name === name && event.key === key && isDue(since === 'run' ? state.startedAt : since, event.at);
}
