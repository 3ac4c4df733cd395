import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { readFile } from 'node:fs/promises';
import { CATALOGUE_RULES, DEFINERS, TABLES } from './catalogue.js';

/**
 * Reads the catalogue and says which table, policy or function breaks the rules of tenancy. A new table or function
 * that forgets one of them turns this red; the list of exceptions is part of the rule.
 */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await test.admin.query(await readFile(new URL('../../supabase/seed.sql', import.meta.url), 'utf8'));
});
afterAll(() => test.drop());

async function column(sql: string): Promise<string[]> {
  const { rows } = await test.admin.query<{ name: string }>(sql);
  return rows.map(({ name }) => name);
}

describe('S10: the catalogue', () => {
  it.each(CATALOGUE_RULES)('S10: $rule', async ({ sql }) => {
    expect(await column(sql)).toEqual([]);
  });

  it('S10: was read where there is something to read', async () => {
    expect((await column(`select name from (${TABLES}) t`)).length).toBeGreaterThan(18);
  });

  it.each(CATALOGUE_RULES)('S10: would notice if it were not so that $rule', async ({ sql, bad }) => {
    const client = await test.admin.connect();
    try {
      await client.query('begin');
      // Outside of the rule under test nothing may be wrong for a moment, so nobody is let in before the rollback.
      await client.query(bad.make);
      const { rows } = await client.query<{ name: string }>(sql);
      expect(rows.map(({ name }) => name)).toContain(bad.name);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('every table', () => {
  it('is open without a condition to the road and the operator only, and to these only where they work', async () => {
    const open = await test.admin.query<{ role: string; tables: string[] }>(
      `select roles[1] as role, array_agg(tablename::text order by tablename) filter (where tablename not like 'execution_events_%') as tables
       from pg_policies where schemaname = 'workflows' and (qual = 'true' or with_check = 'true') group by 1 order by 1`,
    );
    expect(open.rows).toEqual([
      { role: 'wf_operator', tables: ['api_keys', 'tenants'] },
      {
        role: 'wf_road',
        tables: [
          'audit_log',
          'connections',
          'contact_aliases',
          'contacts',
          'conversations',
          'early_receipts',
          'effects',
          'event_waits',
          'execution_events',
          'executions',
          'mail',
          'mailboxes',
          'migration_runs',
          'outboxes',
          'schedule_slots',
          'schedules',
          'store_writes',
          'tasks',
          'tenant_events',
          'webchat_messages',
          'webhook_endpoints',
          'workflow_revisions',
          'workflows',
        ],
      },
    ]);
  });
});

describe('every function', () => {
  it('of the list that runs as its owner is there', async () => {
    const there = await column(
      "select proname::text as name from pg_proc where pronamespace = 'workflows'::regnamespace and prosecdef",
    );
    expect(there.sort()).toEqual(Object.values(DEFINERS).flat().sort());
  });

  it('asks workflows.now() for the time, so that a test can move it', async () => {
    expect(
      await column(`select p.proname as name from pg_proc p where p.pronamespace = 'workflows'::regnamespace and p.proname <> 'now'
        and (p.prosrc ~* '(?<!workflows\\.)\\mnow\\(\\)' or p.prosrc ~* 'clock_timestamp|current_timestamp|localtime|statement_timestamp')`),
    ).toEqual([]);
  });
});

describe('the roles', () => {
  it('keep the road away from secrets and definitions', async () => {
    const { rows } = await test.admin.query(
      `select has_column_privilege('wf_road', 'workflows.connections', 'secrets', 'select') as secrets,
         has_table_privilege('wf_road', 'workflows.workflow_versions', 'select') as definitions,
         has_table_privilege('wf_road', 'workflows.api_keys', 'select') as keys,
         has_any_column_privilege('wf_road', 'workflows.secrets', 'select') as "tenantSecrets",
         has_any_column_privilege('wf_road', 'workflows.credentials', 'select') as credentials`,
    );
    expect(rows).toEqual([{ secrets: false, definitions: false, keys: false, tenantSecrets: false, credentials: false }]);
  });
});

describe('one tenant, in a database with two', () => {
  const ACME = 'a0000000-0000-4000-8000-000000000000';
  const GLOBEX = 'b0000000-0000-4000-8000-000000000000';

  /** As the engine reads: the role wf_app, with or without a tenant. */
  async function asApp<Result>(
    tenant: string | null,
    work: (query: (sql: string) => Promise<number>) => Promise<Result>,
  ): Promise<Result> {
    const client = await test.admin.connect();
    try {
      await client.query('begin');
      await client.query('set local role wf_app');
      if (tenant) await client.query("select set_config('app.tenant_id', $1, true)", [tenant]);
      return await work(async (sql) => (await client.query(sql)).rowCount ?? 0);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  it('S10: sees one row of each table, and none without a tenant', async () => {
    // Partitions hold the rows of their parent; both are looked at.
    const tables = await column(`select name from (${TABLES}) t where not relispartition order by 1`);
    for (const table of tables) {
      const counts = [
        await asApp(ACME, (query) => query(`select from workflows.${table}`)),
        await asApp(GLOBEX, (query) => query(`select from workflows.${table}`)),
        await asApp(null, (query) => query(`select from workflows.${table}`)),
      ];
      expect([table, ...counts]).toEqual([table, 1, 1, 0]);
    }
    for (const partition of await column(`select name from (${TABLES}) t where relispartition`)) {
      expect(await asApp(null, (query) => query(`select from workflows.${partition}`).catch(() => 0))).toBe(0);
    }
  });

  it('S10: changes, deletes and inserts nothing of the other, wherever it may write at all', async () => {
    const writable = (privilege: string) =>
      column(`select name from (${TABLES}) t where has_any_column_privilege('wf_app', t.oid, '${privilege}') order by 1`);
    for (const table of await writable('update')) {
      const free =
        (
          await column(`select attname as name from pg_attribute where attrelid = 'workflows.${table}'::regclass
        and attnum > 0 and has_column_privilege('wf_app', attrelid, attnum, 'update') order by attnum desc`)
        )[0] ?? '';
      expect([
        table,
        await asApp(ACME, (query) => query(`update workflows.${table} set ${free} = ${free} where tenant_id = '${GLOBEX}'`)),
      ]).toEqual([table, 0]);
    }
    for (const table of await column(`select name from (${TABLES}) t where has_table_privilege('wf_app', t.oid, 'delete')`)) {
      expect([
        table,
        await asApp(ACME, (query) => query(`delete from workflows.${table} where tenant_id = '${GLOBEX}'`)),
      ]).toEqual([table, 0]);
    }
    for (const table of await writable('insert')) {
      await expect(
        asApp(ACME, (query) =>
          query(
            `insert into workflows.${table} select * from (select (jsonb_populate_record(x, '{"tenant_id":"${GLOBEX}"}')).* from workflows.${table} x) y`,
          ),
        ),
      ).rejects.toMatchObject({ message: expect.stringContaining('row-level security') });
    }
  });
});
