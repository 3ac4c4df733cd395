import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, ApiUnderTest, TestTenant } from '../flow/api-under-test.js';
import { THINGS } from './requests.js';

/** The seed's Acme: it has one of everything. */
export const VICTIM = THINGS['tenantId']?.victim ?? '';

/** Plants the seed, marks the victim's rows with a canary, and lets the victim live: a run that waits, and a migration. */
export async function plantVictim(api: ApiUnderTest): Promise<TestTenant & { keyId: string }> {
  const admin = api.test?.admin;
  if (admin === undefined) throw new Error('The matrix needs a database of its own.');
  await admin.query(await readFile(new URL('../../supabase/seed.sql', import.meta.url), 'utf8'));
  await admin.query(`
    update workflows.tenants set name = 'Canary' where tenant_id = '${VICTIM}';
    update workflows.contacts set name = 'Canary', attributes = '{"note":"Canary"}' where tenant_id = '${VICTIM}';
    update workflows.connections set account = '${THINGS['account']?.victim}' where tenant_id = '${VICTIM}';
    update workflows.queues set title = 'Canary' where tenant_id = '${VICTIM}';
    update workflows.tasks set title = 'Canary' where tenant_id = '${VICTIM}';
    update workflows.data_rows set value = '{"price": 1, "note": "Canary"}' where tenant_id = '${VICTIM}';
    update workflows.credentials set hosts = '{canary.example.com}' where tenant_id = '${VICTIM}';
    update workflows.model_profiles set settings = '{"baseUrl":"https://canary.example.com/v1","model":"Canary"}' where tenant_id = '${VICTIM}';
    update workflows.model_usage set profile = 'Canary' where tenant_id = '${VICTIM}';
    update workflows.audit_log set actor = 'Canary' where tenant_id = '${VICTIM}';`);
  const key = await api.key(VICTIM, ['read', 'write', 'admin']);
  const { rows } = await admin.query<{ id: string }>(
    'select id from workflows.api_keys where tenant_id = $1 order by created_at desc limit 1',
    [VICTIM],
  );
  const keyId = rows[0]?.id ?? '';
  name('keyId', keyId);
  await publish(api, key, waiting('hello', 'Canary 2', DAILY));
  const { executionId } = await done(api.ask('POST', '/v1/executions', { key, body: { workflow: 'hello' } }));
  name('executionId', executionId);
  while ((await api.ask('GET', `/v1/executions/${executionId}`, { key })).json.status !== 'waiting') await pause(50);
  await publish(api, key, waiting('hello', 'Canary 3', DAILY));
  // Whatever looks at the clock beside the test: nothing of the victim moves by itself.
  await done(api.ask('POST', '/v1/schedules/hello/daily/pause', { key }));
  const migrations = '/v1/workflows/hello/migrations';
  await done(api.ask('POST', migrations, { key, body: { from: 2, to: 3, dryRun: false } }));
  let [newest] = (await done(api.ask('GET', migrations, { key }))).items;
  while (newest.runs.moved !== 1) {
    await pause(50);
    newest = await done(api.ask('GET', `${migrations}/${newest.id}`, { key }));
  }
  name('migrationId', newest.id);
  return { id: VICTIM, key, keyId };
}

/** Names what the victim got just now, beside an id that nobody has. */
function name(thing: string, id: string): void {
  THINGS[thing] = { victim: id, unknown: id.replace(/^.{8}/, '99999999') };
}

const DAILY = {
  id: 'daily',
  type: 'schedule',
  cron: '0 9 * * *',
  timezone: 'UTC',
  audience: { table: 'products', maxRuns: 10, perMinute: 10 },
};

const waiting = (id: string, title: string, ...triggers: object[]) => ({
  dsl: '1.0',
  id,
  name: title,
  triggers: [{ id: 'api', type: 'call', contact: false }, ...triggers],
  start: 'rest',
  nodes: {
    rest: { type: 'wait.for', with: { duration: 'P1D' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
});

async function publish(api: ApiUnderTest, key: string, document: { id: string }): Promise<void> {
  await done(api.ask('PUT', `/v1/workflows/${document.id}`, { key, body: document }));
  await done(api.ask('POST', `/v1/workflows/${document.id}/publish`, { key }));
}

async function done(answer: Promise<Answer>): Promise<Answer['json']> {
  const { status, text, json } = await answer;
  if (status >= 300) throw new Error(`The world of the matrix was not made: ${status} ${text}`);
  return json;
}

/** Everything that the victim has, in every table of the schema: compared before and after. */
export async function rowsOf(api: ApiUnderTest, tenantId: string): Promise<Record<string, unknown[]>> {
  const tables = await api.test?.admin.query<{ name: string }>(
    `select relname::text as name from pg_class where relnamespace = 'workflows'::regnamespace and relkind in ('r', 'p')
       and not relispartition and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'tenant_id')
       order by 1`,
  );
  const found: Record<string, unknown[]> = {};
  for (const { name } of tables?.rows ?? []) {
    const rows = await api.test?.admin.query<{ row: unknown }>(
      `select to_jsonb(t) as row from workflows.${name} t where tenant_id = $1 order by to_jsonb(t)::text`,
      [tenantId],
    );
    found[name] = rows?.rows.map(({ row }) => row) ?? [];
  }
  return found;
}

let attackers = 0;

/** A tenant with a workflow and a table of its own, so that a foreign id can stand beneath an own parent. */
export async function newAttacker(api: ApiUnderTest): Promise<TestTenant> {
  attackers += 1;
  const tenant = await api.tenant(`attacker-${attackers}`);
  await publish(api, tenant.key, waiting('mine', 'Mine'));
  const columns = { type: 'object', properties: { a: { type: 'string' } } };
  await done(api.ask('POST', '/v1/tables', { key: tenant.key, body: { name: 'mine', columns } }));
  return tenant;
}
