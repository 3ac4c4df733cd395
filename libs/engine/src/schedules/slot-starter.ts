import { Inject, Injectable, Logger } from '@nestjs/common';
import { type CompiledTrigger, holds, type JsonObject, WorkflowError } from '@workflows/core';
import { type AcceptItem, type ClaimedSlot, crashPoint } from '@workflows/ports';
import { ScheduleStore } from '@workflows/storage';
import { ClaimLoop } from '../claims/claim-loop.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { BoundStarts } from '../triggers/bound-starts.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
import { type Audience, AudienceMissing, Audiences, audienceOf } from './audiences.js';
import { paceOf } from './pace.js';
import { TICK_MS } from './tick.js';

/** Slots under way at once: each is a few short calls, and runs are advanced in the same process. */
const CONCURRENCY = 16;

/** What one turn of a slot has come to. */
interface Turn {
  /** Null where a row names nobody whom the trigger could bind. */
  starts: Array<AcceptItem | null>;
  /** Of an audience: the last row that was looked at. */
  lastRow: string | null;
  /** When the next rows are due; null: the slot is done. */
  nextAt: string | null;
}

/**
 * Starts the runs of slots: one, or one for each row of an audience, paced. A run is known by its slot and row, so one
 * that is started again after a crash, or by two processes, is the same run.
 */
@Injectable()
export class SlotStarter {
  private readonly logger = new Logger(SlotStarter.name);
  private readonly loop: ClaimLoop<ClaimedSlot>;

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly store: ScheduleStore,
    private readonly workflows: PublishedWorkflows,
    private readonly audiences: Audiences,
    private readonly starts: BoundStarts,
  ) {
    this.loop = new ClaimLoop({
      what: 'slots of schedules',
      concurrency: CONCURRENCY,
      batch: CONCURRENCY,
      claim: (limit, after) => this.claim(limit, after),
      work: (slot, { clock }) => this.start(slot, clock.now()),
    });
  }

  /** Starts whatever is due. */
  answer(): Promise<void> {
    return this.loop.answer();
  }

  /** Claims nothing more and waits for the slots that are under way. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async claim(limit: number, after: string) {
    const { slots, ...claim } = await this.store.claimSlots(limit, this.options.leaseMs, after);
    if (slots.length > 0) crashPoint('slots.after-claim');
    return { ...claim, items: slots };
  }

  /** Never rejects: a slot that cannot be started comes again by itself, later each time, and holds up no other. */
  private async start(slot: ClaimedSlot, now: string): Promise<void> {
    const { tenantId, workflowId, trigger, versionId, lastRow: seenRow, tries } = slot;
    const key = { tenantId, workflowId, trigger, slot: slot.slot };
    try {
      const graph = await this.workflows.graph(tenantId, versionId);
      const compiled = graph.triggers[trigger];
      if (compiled === undefined) throw new Error(`The version has no schedule "${trigger}"`);
      const { starts, lastRow, nextAt } = await this.turn(slot, compiled);
      const items = starts.filter((item) => item !== null);
      await this.starts.accept(items);
      crashPoint('slots.before-advance');
      const refused = starts.length - items.length;
      await this.store.advanceSlot({ ...key, seenRow, lastRow, started: items.length, refused, nextAt });
      if (nextAt !== null) this.expect(Date.parse(nextAt) - Date.parse(now));
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) {
        const msg = 'A slot of a schedule could not be started; it is tried again later';
        this.logger.error({ msg, ...key, tries, err: error });
        return;
      }
      await this.fail({ ...key, seenRow }, failure);
    }
  }

  private turn(slot: ClaimedSlot, trigger: CompiledTrigger): Promise<Turn> {
    const audience = audienceOf(trigger);
    return audience === null ? this.alone(slot, trigger) : this.next(slot, trigger, audience);
  }

  private async alone(slot: ClaimedSlot, trigger: CompiledTrigger): Promise<Turn> {
    return { starts: await this.startsOf(slot, trigger, [undefined]), lastRow: null, nextAt: null };
  }

  /** The next rows of an audience; they, and what follows, are one turn later than this turn was due. */
  private async next(slot: ClaimedSlot, trigger: CompiledTrigger, audience: Audience): Promise<Turn> {
    const { rows: most, everyMs } = paceOf(audience.perMinute);
    const limit = Math.min(most, audience.maxRuns - slot.started);
    const event = eventOf(slot, trigger);
    const rows = await this.audiences.rows(slot.tenantId, trigger, audience, { event, after: slot.lastRow, limit });
    const starts = await this.startsOf(slot, trigger, rows);
    const started = slot.started + starts.filter((item) => item !== null).length;
    const isOver = rows.length < limit || started >= audience.maxRuns;
    const nextAt = isOver ? null : new Date(Date.parse(slot.dueAt) + everyMs).toISOString();
    return { starts, lastRow: rows.at(-1)?.id ?? slot.lastRow, nextAt };
  }

  private async startsOf(
    slot: ClaimedSlot,
    trigger: CompiledTrigger,
    rows: ReadonlyArray<(JsonObject & { id: string }) | undefined>,
  ) {
    const { tenantId, workflowId, versionId } = slot;
    const wanted = rows.flatMap((row) => {
      const event = eventOf(slot, trigger, row);
      if (!holds(trigger, event)) return [];
      const key = row === undefined ? slot.slot : JSON.stringify([slot.slot, row.id]);
      return [this.starts.make({ tenantId, workflowId, versionId, trigger, event, key })];
    });
    return Promise.all(wanted);
  }

  private async fail(
    key: Pick<ClaimedSlot, 'tenantId' | 'workflowId' | 'trigger' | 'slot'> & { seenRow: string | null },
    failure: string,
  ) {
    this.logger.warn({ msg: 'A slot of a schedule cannot be started', ...key, failure });
    try {
      await this.store.advanceSlot({ ...key, lastRow: null, started: 0, refused: 0, nextAt: null, failure });
    } catch (error) {
      this.logger.error({ msg: 'The failure of a slot could not be written down; it is tried again later', ...key, err: error });
    }
  }

  /** The next rows of an audience may be due before the clock ticks again. */
  private expect(inMs: number): void {
    if (inMs >= TICK_MS || this.loop.isStopping) return;
    setTimeout(() => void this.loop.answer(), Math.max(0, inMs)).unref();
  }
}

/** The event as the trigger sees it (language, section 2), without `at`. */
function eventOf({ slot }: ClaimedSlot, { id, type }: CompiledTrigger, row?: JsonObject & { id: string }): JsonObject {
  return { id: row === undefined ? slot : `${slot} ${row.id}`, trigger: id, type, slot, ...(row === undefined ? {} : { row }) };
}

/** What will not be otherwise when it is tried again, in words for the tenant; null for everything else. */
function failureOf(error: unknown): string | null {
  if (error instanceof AudienceMissing) return error.message;
  return error instanceof WorkflowError ? `${error.failure.code}: ${error.failure.message}` : null;
}
