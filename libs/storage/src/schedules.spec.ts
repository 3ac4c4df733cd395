import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClaimedSchedule, ClaimedSlot } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ScheduleStore } from './stores/schedule.store.js';

const SLOT = '2020-01-01T09:00:00.000Z';
const LEASE_MS = 60_000;

let test: TestDatabase;
let store: ScheduleStore;
beforeAll(async () => {
  test = await createTestDatabase();
  store = new ScheduleStore(test.database);
});
afterAll(() => test.drop());

/** A tenant with so many schedules, of which the first is due. */
async function tenantWith(count: number): Promise<string> {
  const tenantId = randomUUID();
  await test.admin.query("insert into workflows.tenants (tenant_id, slug, name) values ($1::uuid, $1::text, 'T')", [tenantId]);
  await test.admin.query("insert into workflows.workflows (tenant_id, id, name) values ($1, 'w', 'W')", [tenantId]);
  await test.admin.query(
    `with made as (insert into workflows.workflow_versions (tenant_id, workflow_id, version, hash, definition, published_by)
       values ($1, 'w', 1, 'h', '{}', 'test') returning id)
     insert into workflows.schedules (tenant_id, workflow_id, trigger_id, version_id, cron, timezone, zone, due_at)
     select $1, 'w', 't' || n, made.id, '0 9 * * *', 'UTC', 'UTC', workflows.now() + (n - 1) * interval '1 day' - interval '1 second'
     from made, generate_series(1, $2) n`,
    [tenantId, count],
  );
  return tenantId;
}

const planned = ({ tenantId, workflowId, trigger, versionId, revision }: ClaimedSchedule, slots = [SLOT]) => ({
  ...{ tenantId, workflowId, trigger, versionId, revision, plannedUntil: SLOT, nextAt: '2099-01-01T09:00:00.000Z' },
  slots: slots.map((slot) => ({ slot, fireAt: slot })),
});

const progress = ({ tenantId, workflowId, trigger, slot, lastRow }: ClaimedSlot) => ({
  ...{ tenantId, workflowId, trigger, slot, seenRow: lastRow, started: 1, refused: 0 },
});

describe('schedules', () => {
  it('are claimed once until their time to be planned is over, and planned once', async () => {
    await tenantWith(3);
    const { schedules, more } = await store.claim(10, LEASE_MS);
    expect([schedules.map(({ trigger }) => trigger), more]).toEqual([['t1'], false]);
    expect((await store.claim(10, LEASE_MS)).schedules).toEqual([]);
    const plans = schedules.map((schedule) => planned(schedule));
    expect(await store.advance(plans)).toBe(1);
    // Somebody who was frozen meanwhile plans the same, or something else.
    expect(await store.advance(plans)).toBe(0);
    expect(await store.advance(schedules.map((schedule) => planned(schedule, ['2020-01-01T10:00:00.000Z'])))).toBe(0);
  });

  it('start the runs of a slot in turns, each of which is written down once', async () => {
    const [slot] = (await store.claimSlots(10, LEASE_MS, '')).slots;
    if (slot === undefined) throw new Error('No slot was claimed');
    expect(slot).toMatchObject({ trigger: 't1', slot: SLOT, lastRow: null, started: 0 });
    const turn = { ...progress(slot), lastRow: 'a', nextAt: SLOT };
    expect([await store.advanceSlot(turn), await store.advanceSlot(turn)]).toEqual([true, false]);
    const [next] = (await store.claimSlots(10, LEASE_MS, '')).slots;
    expect(next).toMatchObject({ slot: SLOT, lastRow: 'a', started: 1 });
    expect(await store.advanceSlot({ ...progress(next ?? slot), lastRow: 'b', nextAt: null })).toBe(true);
    expect((await store.claimSlots(10, LEASE_MS, '')).slots).toEqual([]);
    const { items } = await store.slots(slot.tenantId, 'w', 't1', { limit: 10 });
    expect(items).toMatchObject([{ slot: SLOT, status: 'done', started: 2, lastRow: 'b' }]);
  });

  it('are found by what is due, and not by what there is', async () => {
    await Promise.all(Array.from({ length: 20 }, () => tenantWith(500)));
    await test.admin.query('analyze');
    const plans: string[] = [];
    const client = new pg.Client({ connectionString: test.adminUrl });
    client.on('notice', (notice) => plans.push(notice.message ?? ''));
    await client.connect();
    await client.query(
      "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set client_min_messages = log",
    );
    await client.query('select workflows.claim_schedules(100, 1000)');
    await client.query("select workflows.claim_slots(100, 1000, '')");
    await client.end();
    const text = plans.join('\n');
    expect(text).toContain('schedules_due');
    expect(text).toContain('schedule_slots_due');
    expect(text.split('\n').filter((line) => /Seq Scan on schedule/.test(line))).toEqual([]);
  });
});
