import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

/** The plans of every statement inside a call that one tenant makes, under row-level security. */
async function plansOf(tenantId: string, sql: string, values: unknown[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: test.adminUrl });
  const plans: string[] = [];
  client.on('notice', (notice) => plans.push(notice.message ?? ''));
  await client.connect();
  try {
    await client.query(
      "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set client_min_messages = log",
    );
    await client.query('begin; set local role wf_app');
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    await client.query(sql, values);
    await client.query('rollback');
    return plans;
  } finally {
    await client.end();
  }
}

/** Reads of rows that are not bounded by tenant and table, as `Seq Scan on data_rows` or a key without the table. */
function unbounded(plan: string): string[] {
  const lines = plan.split('\n');
  return lines.filter((line, index) => {
    if (/Seq Scan on data_(rows|tables)\b/.test(line)) return true;
    if (!/Scan using data_rows_pkey on data_rows|Bitmap Index Scan on data_rows_pkey/.test(line)) return false;
    const condition = lines.slice(index + 1, index + 3).find((detail) => detail.includes('Index Cond')) ?? '';
    return !condition.includes('tenant_id') || !condition.includes('table_name');
  });
}

it('reads no row beyond the table of the tenant that asks', async () => {
  const tenants = [randomUUID(), randomUUID()];
  for (const tenantId of tenants) {
    await test.admin.query('insert into workflows.tenants (tenant_id, slug, name) values ($1, $2, $3)', [
      tenantId,
      tenantId,
      'T',
    ]);
    for (const table of ['products', 'visits']) {
      await test.admin.query(
        `insert into workflows.data_tables (tenant_id, name, columns) values ($1, $2, '{"type":"object","properties":{"name":{"type":"string"}}}')`,
        [tenantId, table],
      );
      await test.admin.query(
        `insert into workflows.data_rows (tenant_id, table_name, id, version, value) select $1, $2, 'row-' || n, n, jsonb_build_object('name', n::text) from generate_series(1, 3000) n`,
        [tenantId, table],
      );
    }
  }
  await test.admin.query('analyze');
  const [tenantId = ''] = tenants;
  const where = [
    { column: 'name', op: 'eq', value: '7' },
    { column: 'name', op: 'gt', value: '1' },
  ];
  const search = { table: 'products', where, orderBy: 'name', descending: true, limit: 10 };
  const write = { table: 'products', columns: 1, op: 'merge', key: 'row-7', value: { name: 'Lamp' } };
  const calls: Array<[string, unknown[]]> = [
    ['select workflows.find_rows($1)', [JSON.stringify(search)]],
    ["select workflows.get_row('products', 'row-7')", []],
    ["select workflows.list_rows('products', 50, 'row-7')", []],
    ['select workflows.write_row($1)', [JSON.stringify(write)]],
    ['select workflows.audience_rows($1)', [JSON.stringify({ table: 'products', where, after: 'row-7', limit: 10 })]],
    ['select workflows.audience_count($1)', [JSON.stringify({ table: 'products', where, limit: 10 })]],
  ];
  for (const [sql, values] of calls) {
    const plans = await plansOf(tenantId, sql, values);
    expect(plans.join('\n')).toContain('data_rows_pkey');
    expect([sql, plans.flatMap(unbounded)]).toEqual([sql, []]);
  }
});
