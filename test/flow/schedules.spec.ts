import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { CRASH_POINTS_OF_SCHEDULES } from '@workflows/ports';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { type EngineProcess, freePort, startEngine } from '../support/engine-process.js';

type Workflow = JsonObject & { id: string };

const HOUR = 3_600_000;

/** Keeps the slot of its event, and does nothing else. */
const schedule = (id: string, trigger: JsonObject): Workflow => ({
  dsl: '1.0',
  id,
  name: id,
  triggers: [{ id: 'clock', type: 'schedule', timezone: 'UTC', cron: '0 * * * *', ...trigger }],
  start: 'done',
  nodes: { done: { type: 'end', with: { output: { slot: '{{ event.slot }}' } } } },
});

/** Reminds everybody who has an appointment at ten. */
const reminders: Workflow = {
  dsl: '1.0',
  id: 'reminders',
  name: 'Reminders',
  triggers: [
    {
      id: 'daily',
      type: 'schedule',
      cron: '0 9 * * *',
      timezone: 'tenant',
      audience: { table: 'appointments', where: { at: 'ten' }, maxRuns: 100, perMinute: 6_000 },
      when: "event.row.phone != 'skip'",
      contact: { connection: 'main', address: '{{ event.row.phone }}', name: '{{ event.row.name }}' },
    },
  ],
  start: 'remind',
  nodes: {
    remind: {
      type: 'message.template',
      with: { name: 'reminder', language: 'en', category: 'utility', params: { name: '{{ event.row.name }}' } },
      next: 'done',
    },
    done: { type: 'end', with: {} },
  },
};

interface Slot {
  slot: string;
  status: string;
  started: number;
  refused: number;
  failure: string | null;
}

interface Run {
  id: string;
  status: string;
  output: { slot: string } | null;
}

describe('schedules', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let second: EngineProcess;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    await deployment.emulator.registerTemplate({
      name: 'reminder',
      language: 'en',
      category: 'utility',
      body: 'Until soon, {{name}}.',
    });
    const columns = { name: { type: 'string' }, phone: { type: 'string' }, at: { type: 'string' } };
    tenant = await deployment.tenant([schedule('hourly', {})], undefined, {
      appointments: { type: 'object', properties: columns, required: ['name', 'phone', 'at'] },
      passing: { type: 'object', properties: columns },
    });
    // A second process that looks at the same clock: whatever comes must not come twice.
    second = await startEngine({ ...deployment.environment, PORT: String(await freePort()) });
  }, 60_000);

  afterAll(async () => {
    await second.kill();
    await deployment.close();
  }, 30_000);

  const path = (workflow: string, trigger = 'clock') => `/v1/schedules/${workflow}/${trigger}`;

  async function publish(workflow: Workflow): Promise<void> {
    await tenant.rest.put(`/v1/workflows/${workflow.id}`, workflow);
    await tenant.rest.post(`/v1/workflows/${workflow.id}/publish`, {});
  }

  async function nextSlots(workflow: string, trigger?: string): Promise<string[]> {
    return (await tenant.rest.get<{ nextSlots: string[] }>(path(workflow, trigger))).nextSlots;
  }

  /** Moves the clock to a moment, and a little behind it. */
  async function until(moment: string | undefined): Promise<void> {
    const { rows } = await deployment.database.admin.query<{ now: Date }>('select workflows.now() as now');
    await deployment.advance(Date.parse(moment ?? '') - (rows[0]?.now.getTime() ?? 0) + 200);
  }

  async function ended(workflow: string, trigger: string, count: number): Promise<Slot[]> {
    return eventually(
      async () => (await tenant.rest.get<{ items: Slot[] }>(`${path(workflow, trigger)}/slots`)).items,
      (slots) => slots.length >= count && slots.every(({ status }) => status !== 'open'),
    );
  }

  async function runs(workflow: string, count: number): Promise<Run[]> {
    const { items } = await eventually(
      () => tenant.rest.get<{ items: Run[] }>(`/v1/executions?workflow=${workflow}&limit=200`),
      (page) => page.items.length >= count && page.items.every(({ status }) => status === 'completed'),
    );
    return items;
  }

  async function outputs(workflow: string, count: number): Promise<string[]> {
    const found = await runs(workflow, count);
    const read = await Promise.all(found.map(({ id }) => tenant.rest.get<Run>(`/v1/executions/${id}`)));
    return read.map(({ output }) => output?.slot ?? '').sort();
  }

  it('are shown with their next ten slots, on the clock of the tenant or their own', async () => {
    await publish(schedule('office', { cron: '30 9 * * mon-fri', timezone: 'tenant' }));
    const shown = await tenant.rest.get<JsonObject>(path('office'));
    expect(shown).toMatchObject({
      workflowId: 'office',
      trigger: 'clock',
      timezone: 'tenant',
      zone: 'America/Sao_Paulo',
      pausedAt: null,
    });
    const slots = await nextSlots('office');
    expect(slots).toHaveLength(10);
    expect(slots.every((slot) => slot.endsWith('T12:30:00.000Z'))).toBe(true);
    const { items } = await tenant.rest.get<{ items: JsonObject[] }>('/v1/schedules?limit=1');
    expect(items).toMatchObject([{ workflowId: 'hourly', zone: 'UTC' }]);
  });

  it('start one run for each slot, with two processes at work', async () => {
    const slots = (await nextSlots('hourly')).slice(0, 3);
    for (const [index, slot] of slots.entries()) {
      await until(slot);
      await runs('hourly', index + 1);
    }
    expect(await outputs('hourly', 3)).toEqual(slots);
    expect(await ended('hourly', 'clock', 3)).toEqual(
      [...slots].reverse().map((slot) => expect.objectContaining({ slot, status: 'done', started: 1, refused: 0 })),
    );
  }, 60_000);

  it('catch up with what was missed as they say', async () => {
    for (const catchUp of ['skip', 'latest', 'all']) await publish(schedule(`away-${catchUp}`, { catchUp, cron: '30 * * * *' }));
    const missed = (await nextSlots('away-all')).slice(0, 3);
    await second.kill();
    await (await deployment.start()).kill();
    // Nobody looks at the clock for three slots; the API of another process would not either.
    await deployment.database.advance(Date.parse(missed[2] ?? '') - (await now()) + 10 * 60_000);
    await deployment.start();
    second = await startEngine({ ...deployment.environment, PORT: String(await freePort()) });
    expect(await outputs('away-all', 3)).toEqual(missed);
    expect(await outputs('away-latest', 1)).toEqual(missed.slice(2));
    expect(await nextSlots('away-skip')).toHaveLength(10);
    expect((await tenant.rest.get<{ items: Slot[] }>(`${path('away-skip')}/slots`)).items).toEqual([]);
  }, 60_000);

  async function now(): Promise<number> {
    const { rows } = await deployment.database.admin.query<{ now: Date }>('select workflows.now() as now');
    return rows[0]?.now.getTime() ?? 0;
  }

  it('pass over the slots of a pause', async () => {
    await publish(schedule('paused', { catchUp: 'all' }));
    const [first, , third] = await nextSlots('paused');
    expect(await tenant.rest.post<JsonObject>(`${path('paused')}/pause`, {})).toMatchObject({ nextSlots: [] });
    await tenant.rest.post(`${path('paused')}/pause`, {});
    await until(first);
    await deployment.advance(HOUR);
    expect(await tenant.rest.post<JsonObject>(`${path('paused')}/resume`, {})).toMatchObject({ pausedAt: null });
    await until(third);
    expect(await outputs('paused', 1)).toEqual([third]);
    const { items } = await tenant.rest.get<{ items: Array<{ action: string }> }>('/v1/audit?target=schedule:paused/clock');
    expect(items.map(({ action }) => action)).toEqual(['schedule.resume', 'schedule.pause']);
  }, 60_000);

  it('belong to the published version: they change with it and end with it', async () => {
    const workflow = schedule('changing', {});
    await publish(workflow);
    const [soon] = await nextSlots('changing');
    await publish({ ...workflow, name: 'Changed beside the clock' });
    await until(soon);
    expect(await outputs('changing', 1)).toEqual([soon]);
    await publish(schedule('changing', { cron: '15 3 * * *' }));
    expect((await nextSlots('changing')).every((slot) => slot.endsWith('T03:15:00.000Z'))).toBe(true);
    await publish({
      ...workflow,
      triggers: [{ id: 'api', type: 'call', contact: false }],
      nodes: { done: { type: 'end', with: {} } },
    });
    await expect(tenant.rest.get(path('changing'))).rejects.toThrow('404');
  }, 60_000);

  it('move with a tenant that moves', async () => {
    await deployment.database.admin.query("update workflows.tenants set timezone = 'Asia/Kolkata' where tenant_id = $1", [
      tenant.id,
    ]);
    expect((await nextSlots('office')).every((slot) => slot.endsWith('T04:00:00.000Z'))).toBe(true);
    expect((await nextSlots('hourly')).every((slot) => slot.endsWith(':00:00.000Z'))).toBe(true);
  });

  async function book(id: string, value: JsonObject): Promise<void> {
    await tenant.rest.put(`/v1/tables/appointments/rows/${id}`, { value: { at: 'ten', ...value } });
  }

  const phone = (index: number) => `551198800${String(1_000 + index)}`;

  it('start a run for each row of their audience, and count it before', async () => {
    for (let index = 0; index < 25; index += 1) await book(`a-${index}`, { name: `N${index}`, phone: `+${phone(index)}` });
    await book('b-1', { name: 'Eleven', phone: `+${phone(90)}`, at: 'eleven' });
    await book('b-2', { name: 'Nobody', phone: 'nobody' });
    await book('b-3', { name: 'Skipped', phone: 'skip' });
    await publish(reminders);
    expect(await tenant.rest.get(`${path('reminders', 'daily')}/audience`)).toMatchObject({ runs: 27, maxRuns: 100, minutes: 1 });
    await until((await nextSlots('reminders', 'daily'))[0]);
    const [slot] = await ended('reminders', 'daily', 1);
    expect(slot).toMatchObject({ status: 'done', started: 25, refused: 1, failure: null });
    expect(await runs('reminders', 25)).toHaveLength(25);
    for (let index = 0; index < 25; index += 1) {
      expect((await deployment.sentTo(phone(index), 1)).map(({ text }) => text)).toEqual([`Until soon, N${index}.`]);
    }
    expect(await deployment.emulator.messages({ waId: phone(90) })).toEqual([]);
  }, 60_000);

  it('of an audience keep its pace and its limit, and can be paused, resumed and cancelled', async () => {
    const audience = { table: 'appointments', where: { at: 'ten' }, maxRuns: 12, perMinute: 120 };
    await publish({
      ...schedule('slow', { audience }),
      nodes: { done: { type: 'end', with: { output: { slot: '{{ event.row.id }}' } } } },
    });
    const [slot = ''] = await nextSlots('slow');
    await until(slot);
    const started = async () => (await tenant.rest.get<{ items: Slot[] }>(`${path('slow')}/slots`)).items[0]?.started ?? 0;
    await eventually(started, (count) => count >= 2);
    const at = performance.now();
    const before = await started();
    await eventually(started, (count) => count >= before + 4);
    // Two a second: four take a second and a half, and half a second less after a turn that was late.
    expect(performance.now() - at).toBeGreaterThan(900);
    const order = (what: string) => tenant.rest.post<Slot>(`${path('slow')}/slots/${slot}/${what}`, {});
    expect(await order('pause')).toMatchObject({ status: 'paused' });
    // What was under way at the pause is still written down; after that nothing is started, however the time passes.
    let atPause = -1;
    while (atPause !== (await started())) {
      atPause = await started();
      await pause(700);
    }
    expect(atPause).toBeLessThan(12);
    await deployment.advance(60_000);
    await pause(1_500);
    expect(await started()).toBe(atPause);
    expect(await order('resume')).toMatchObject({ status: 'open' });
    expect(await ended('slow', 'clock', 1)).toMatchObject([{ status: 'done', started: 12 }]);
    expect(new Set(await outputs('slow', 12)).size).toBe(12);
    await expect(order('cancel')).rejects.toThrow('409');
    await expect(tenant.rest.post(`${path('slow')}/slots/2020-01-01T00:00:00.000Z/cancel`, {})).rejects.toThrow('404');
    await expect(tenant.rest.post(`${path('slow')}/slots/yesterday/cancel`, {})).rejects.toThrow('400');
  }, 60_000);

  it('say what is wrong with an audience that is gone, and others go on', async () => {
    const audience = { table: 'passing', maxRuns: 5, perMinute: 60 };
    await publish(schedule('gone', { audience }));
    const [slot] = await nextSlots('gone');
    await deployment.database.admin.query("delete from workflows.data_tables where name = 'passing'");
    await until(slot);
    const [failed] = await ended('gone', 'clock', 1);
    expect(failed).toMatchObject({ status: 'failed', started: 0 });
    expect(failed?.failure).toContain('There is no table "passing" any more.');
    // The others of the same moment, in whatever order they were taken up.
    await eventually(
      () => outputs('hourly', 1),
      (slots) => slots.includes(slot ?? ''),
    );
  }, 60_000);

  it.each(CRASH_POINTS_OF_SCHEDULES)(
    'fire each slot once, and reach each row once, when a process is killed at %s',
    async (point) => {
      const id = `killed-${CRASH_POINTS_OF_SCHEDULES.indexOf(point)}`;
      const audience = { table: 'appointments', where: { at: 'ten' }, maxRuns: 20, perMinute: 1_200 };
      await publish({
        ...schedule(id, { audience, cron: '45 * * * *', catchUp: 'all' }),
        nodes: { done: { type: 'end', with: { output: { slot: '{{ event.row.id }}' } } } },
      });
      const [slot] = await nextSlots(id);
      await second.kill();
      const crashing = await deployment.start({ CRASH_AT: point });
      await until(slot);
      await expect(crashing.ended).resolves.toMatchObject({ signal: 'SIGKILL' });
      await deployment.start();
      second = await startEngine({ ...deployment.environment, PORT: String(await freePort()) });
      expect(await ended(id, 'clock', 1)).toMatchObject([{ slot, status: 'done', started: 20 }]);
      expect(new Set(await outputs(id, 20)).size).toBe(20);
      expect(await runs(id, 20)).toHaveLength(20);
    },
    60_000,
  );
});
