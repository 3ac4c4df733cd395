import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { readFile } from 'node:fs/promises';

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

const TABLES = `select c.relname::text as name, c.oid, c.relowner, c.relispartition, c.relrowsecurity, c.relforcerowsecurity from pg_class c where c.relnamespace = 'workflows'::regnamespace and c.relkind in ('r', 'p')`;

/** May work over many tenants, as roles that own nothing else. Everything else runs as its caller, under RLS. */
const DEFINERS: Record<string, string[]> = {
  wf_road: [
    'accept',
    'accept_and_claim',
    'begin_sends',
    'claim_events',
    'claim_mailboxes',
    'claim_outboxes',
    'commit_mailboxes',
    'decide_task',
    'deliver_event',
    'extend_leases',
    'find_connections',
    'find_webhooks',
    'finish_events',
    'forget_writes',
    'give_back_conversation',
    'place_orders',
    'record_receipts',
    'release_mailboxes',
    'release_outboxes',
    'reply_in_conversation',
    'send_migration',
    'settle_sends',
    'sweep',
    'unread_cancels',
    'waits_for_event',
    'workflow_revisions',
  ],
  wf_operator: ['create_tenant', 'find_api_key', 'find_tenant', 'list_tenants', 'touch_api_key'],
  owner: ['ensure_partitions'],
};

describe('every table', () => {
  it('has row-level security enabled and forced, partitions too', async () => {
    expect(await column(`select name from (${TABLES}) t where not relrowsecurity or not relforcerowsecurity`)).toEqual([]);
    expect((await column(`select name from (${TABLES}) t`)).length).toBeGreaterThan(18);
  });

  it('has the tenant first in its primary key, and never null', async () => {
    expect(
      await column(`select t.name from (${TABLES}) t where not exists (
        select from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
        where i.indrelid = t.oid and i.indisprimary and a.attname = 'tenant_id' and a.attnotnull)`),
    ).toEqual([]);
  });

  it('carries the tenant in every foreign key', async () => {
    expect(
      await column(`select k.conname as name from pg_constraint k join (${TABLES}) t on t.oid = k.conrelid
        where k.contype = 'f' and not exists (select from pg_attribute a where a.attrelid = k.conrelid
          and a.attnum = any (k.conkey) and a.attname = 'tenant_id')`),
    ).toEqual([]);
  });

  it('has the tenant policy for all four commands, in both directions', async () => {
    expect(
      await column(`select t.name from (${TABLES}) t where not exists (
        select from pg_policies p where p.schemaname = 'workflows' and p.tablename = t.name and p.cmd = 'ALL'
          and p.roles = '{wf_app}' and p.qual like '%current_tenant()%' and p.with_check like '%current_tenant()%')`),
    ).toEqual([]);
  });

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
          'store_writes',
          'tasks',
          'tenant_events',
          'webhook_endpoints',
          'workflow_revisions',
          'workflows',
        ],
      },
    ]);
  });
});

describe('every function', () => {
  it('runs as its caller, but for a short list with a pinned search path', async () => {
    const { rows } = await test.admin.query<{ name: string; owner: string; pinned: boolean }>(
      `select p.proname as name, case when r.rolname like 'wf\\_%' then r.rolname else 'owner' end as owner,
         exists (select from unnest(p.proconfig) c where c in ('search_path=workflows, pg_temp')) as pinned
       from pg_proc p join pg_roles r on r.oid = p.proowner where p.pronamespace = 'workflows'::regnamespace and p.prosecdef order by 1`,
    );
    expect(rows.filter(({ pinned }) => !pinned)).toEqual([]);
    for (const [owner, names] of Object.entries(DEFINERS)) {
      expect(rows.filter((row) => row.owner === owner).map(({ name }) => name)).toEqual(names);
    }
  });

  it('may be called by nobody who was not given it', async () => {
    expect(
      await column(`select p.proname as name from pg_proc p where p.pronamespace = 'workflows'::regnamespace
        and has_function_privilege('public', p.oid, 'execute')`),
    ).toEqual([]);
  });

  it('asks workflows.now() for the time, so that a test can move it', async () => {
    expect(
      await column(`select p.proname as name from pg_proc p where p.pronamespace = 'workflows'::regnamespace and p.proname <> 'now'
        and (p.prosrc ~* '(?<!workflows\\.)\\mnow\\(\\)' or p.prosrc ~* 'clock_timestamp|current_timestamp|localtime|statement_timestamp')`),
    ).toEqual([]);
  });
});

describe('the roles', () => {
  it('are no superusers, bypass nothing, own no table and log in nowhere', async () => {
    const { rows } = await test.admin.query(
      `select rolname, rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb as powerful,
         exists (select from pg_class c where c.relnamespace = 'workflows'::regnamespace and c.relowner = r.oid) as owner,
         has_schema_privilege(r.oid, 'workflows', 'create') as creates
       from pg_roles r where rolname in ('wf_app', 'wf_road', 'wf_operator') order by 1`,
    );
    expect(rows).toEqual(
      ['wf_app', 'wf_operator', 'wf_road'].map((rolname) => ({ rolname, powerful: false, owner: false, creates: false })),
    );
  });

  it('read nothing past the policies: no materialised view, and no view that runs as its owner', async () => {
    expect(
      await column(`select relname as name from pg_class where relnamespace = 'workflows'::regnamespace and (relkind = 'm'
        or relkind = 'v' and not coalesce(reloptions::text like '%security_invoker=true%', false))`),
    ).toEqual([]);
  });

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

  it('sees one row of each table, and none without a tenant', async () => {
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

  it('changes, deletes and inserts nothing of the other, wherever it may write at all', async () => {
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
