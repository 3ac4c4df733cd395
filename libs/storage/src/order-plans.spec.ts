import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';

const RUNS = 30_000;

let test: TestDatabase;
const tenant = randomUUID();

/** Half of them are the tenant's, each in a mailbox of its own; a third has ended. */
beforeAll(async () => {
  test = await createTestDatabase();
  await test.admin.query('begin; set local session_replication_role = replica');
  await test.admin.query(
    `insert into workflows.executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, trigger, revision, status,
       state, started_at, ended_at)
     select case when n % 2 = 0 then $1 else gen_random_uuid() end, gen_random_uuid(), 'w', gen_random_uuid(), gen_random_uuid(),
       't', 1, case when n % 3 = 0 then 'failed' else 'waiting' end, '{}', now(),
       case when n % 3 = 0 then now() end from generate_series(1, ${RUNS}) n`,
    [tenant],
  );
  await test.admin.query('commit');
  await test.admin.query('analyze workflows.executions');
}, 60_000);

afterAll(() => test.drop());

/** Blocks that the call reads, of tables and indexes. */
async function blocksOf(call: string): Promise<number> {
  const { rows } = await test.admin.query<{ id: string }>(
    'select id from workflows.executions where tenant_id = $1 and ended_at is not null limit 1',
    [tenant],
  );
  await test.admin.query('begin; set local role wf_app');
  await test.admin.query("select set_config('app.tenant_id', $1, true)", [tenant]);
  const sql = call.replace('$id', `'${rows[0]?.id ?? ''}'`);
  // The first call also reads the catalogue.
  await test.admin.query(sql);
  const explained = await test.admin.query<{ 'QUERY PLAN': Array<{ Plan: Record<string, number> }> }>(
    `explain (analyze, buffers, format json) ${sql}`,
  );
  await test.admin.query('rollback');
  const plan = explained.rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? Infinity) + (plan['Shared Read Blocks'] ?? 0);
}

it.each(['select workflows.order_target($id, null)', 'select workflows.fork_target($id, gen_random_uuid())'])(
  'reads the live runs of one mailbox and not of the tenant: %s',
  async (call) => expect(await blocksOf(call)).toBeLessThan(200),
);
