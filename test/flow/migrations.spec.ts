import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

const ask = (text: string, save: string, next: string): JsonObject => ({
  type: 'message.ask',
  with: { text, expect: { kind: 'text' } },
  save,
  timeout: 'PT1H',
  next,
  on: { timeout: 'bye', exhausted: 'bye' },
});

const word = (id: string): JsonObject => ({ id, type: 'channel.message', channels: ['whatsapp'], keywords: [id] });

const form = (triggers: string[], vars: JsonObject, nodes: JsonObject): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'form',
  name: 'Form',
  vars: { name: { type: 'string' }, size: { type: 'string' }, ...vars },
  triggers: triggers.map(word),
  start: 'name',
  nodes: { ...nodes, bye: { type: 'end', with: { status: 'completed' } } },
});

const ONE = form(
  ['form', 'other'],
  {},
  {
    name: ask('Name?', 'vars.name', 'size'),
    size: ask('Size?', 'vars.size', 'thanks'),
    thanks: { type: 'message.send', with: { text: 'One: {{ vars.name }}, {{ vars.size }}' }, next: 'bye' },
  },
);

/** Asks by another node, needs another variable from there on, and has one trigger less. */
const TWO = form(
  ['form'],
  { loud: { type: 'string' } },
  {
    name: ask('Name?', 'vars.name', 'shout'),
    shout: { type: 'set', assign: { 'vars.loud': '{{ upper(vars.name) }}' }, next: 'measure' },
    measure: ask('Measure?', 'vars.size', 'thanks'),
    thanks: { type: 'message.send', with: { text: 'Two: {{ vars.loud }}, {{ vars.size }}' }, next: 'bye' },
  },
);

interface Report {
  counts: Record<string, number>;
  runs: Array<{ executionId: string; verdict: string; moves: boolean; obstacles: Array<{ code: string }> }>;
  migration: { id: string; runs: Record<string, number> } | null;
}

describe('live runs that are moved to another version', () => {
  const [safe, mapped, blocked] = ['5511900000001', '5511900000002', '5511900000003'];
  const mapping = { nodes: { size: 'measure' }, vars: { loud: 'upper(vars.name)' } };
  let deployment: Deployment;
  let tenant: Tenant;
  let migration = '';

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    tenant = await deployment.tenant([ONE]);
    await says(safe, 'form', 1);
    await says(mapped, 'form', 1);
    await says(mapped, 'Ana', 2);
    await says(blocked, 'other', 1);
    await tenant.rest.put('/v1/workflows/form', TWO);
    await tenant.rest.post('/v1/workflows/form/publish', {});
  }, 90_000);

  afterAll(() => deployment.close(), 30_000);

  /** The last message that this customer got after saying something. */
  async function says(customer: string, text: string, messages: number): Promise<string | undefined> {
    await deployment.emulator.say(customer, { text });
    return (await deployment.sentTo(customer, messages)).at(-1)?.text;
  }

  const order = (body: JsonObject): Promise<Report> =>
    tenant.rest.post('/v1/workflows/form/migrations', { from: 1, to: 2, ...body });

  async function settled(id: string): Promise<Record<string, number>> {
    const { runs } = await eventually(
      () => tenant.rest.get<{ runs: Record<string, number> }>(`/v1/workflows/form/migrations/${id}`),
      (answer) => answer.runs['waiting'] === 0,
    );
    return runs;
  }

  it('are judged first, and nothing changes', async () => {
    const report = await order({});
    expect(report.counts).toEqual({ safe: 1, mapping: 1, blocked: 1, moving: 1 });
    expect(report.migration).toBeNull();
    expect(report.runs.flatMap(({ obstacles }) => obstacles.map(({ code }) => code)).sort()).toEqual([
      'node.missing',
      'trigger.missing',
    ]);
    expect((await order({ mapping })).counts).toEqual({ safe: 1, mapping: 1, blocked: 1, moving: 2 });
    await expect(order({ mapping: { nodes: { sise: 'measure' } } })).rejects.toThrow('422');
  });

  it('move each under its own lease, and go on under the new version', async () => {
    const report = await order({ mapping, dryRun: false });
    migration = report.migration?.id ?? '';
    expect(await settled(migration)).toEqual({ moved: 2, waiting: 0, blocked: 0, skipped: 0 });
    expect(await says(mapped, 'large', 3)).toBe('Two: ANA, large');
    expect(await says(safe, 'Bob', 2)).toBe('Measure?');
    expect(await says(blocked, 'Eve', 2)).toBe('Size?');
    const { items } = await tenant.rest.get<{ items: Array<{ version: number; liveRuns: number }> }>(
      '/v1/workflows/form/versions',
    );
    expect(items.map(({ version, liveRuns }) => [version, liveRuns])).toEqual([
      [2, 1],
      [1, 1],
    ]);
    // Ordered again, there is nobody left whom it could move.
    expect((await order({ mapping, dryRun: false })).migration).toBeNull();
  }, 60_000);

  it('are replayed over the change, and leave as files that any build can replay', async () => {
    const { items } = await tenant.rest.get<{ items: Array<{ id: string; version: number; status: string }> }>(
      '/v1/executions?workflow=form&status=completed',
    );
    const [moved] = items;
    expect(moved?.version).toBe(2);
    await expect(tenant.rest.post(`/v1/executions/${moved?.id ?? ''}/replay`, {})).resolves.toMatchObject({ equal: true });
    const file = await tenant.rest.get<{ later: object }>(`/v1/executions/${moved?.id ?? ''}/history`);
    expect(Object.keys(file.later)).toEqual(['2']);
  });

  it('go back where the migration is undone, with what they have learnt since', async () => {
    const path = `/v1/workflows/form/migrations/${migration}/undo`;
    expect((await tenant.rest.post<Report>(path, {})).counts).toMatchObject({ moving: 1 });
    const undone = await tenant.rest.post<Report>(path, { dryRun: false });
    expect(await settled(undone.migration?.id ?? '')).toMatchObject({ moved: 1 });
    expect(await says(safe, 'small', 3)).toBe('One: Bob, small');
    const { items } = await tenant.rest.get<{ items: Array<{ undoes: string | null }> }>('/v1/workflows/form/migrations');
    expect(items.map(({ undoes }) => undoes)).toEqual([migration, null]);
    const log = await deployment.database.admin.query<{ actor: string; action: string }>(
      "select actor, action from workflows.audit_log where action like 'workflow.migrate%' order by position",
    );
    expect(log.rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'key:test workflow.migrate',
      'key:test workflow.migrate_back',
    ]);
  }, 60_000);
});
