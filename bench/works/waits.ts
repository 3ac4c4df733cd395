import { randomUUID } from 'node:crypto';
import { MailboxStore, PostgresDatabase, SweepStore } from '@workflows/storage';
import type pg from 'pg';
import type { Servers } from '../ground/servers.js';
import { percentiles } from '../measure/latencies.js';
import type { WorkResult } from '../result.js';

const TENANTS = 200;
const CALLS = 200;

/** What waiting costs: sweep and claim while many runs wait for a timer that is not due, and a few are ready. */
export async function measureWaits(servers: Servers, waiting: number): Promise<WorkResult> {
  const { admin } = servers;
  await fillWaiting(admin, waiting);
  const database = new PostgresDatabase({ connectionString: servers.postgres.appUrl, poolSize: 2 });
  const [mailboxes, sweeps] = [new MailboxStore(database), new SweepStore(database)];
  const [sweep, claim, empty]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let n = 0; n < CALLS; n += 1) {
      await makeReady(admin, 10);
      sweep.push(await timed(() => sweeps.sweep(100, 60_000)));
      claim.push(await timed(() => mailboxes.claim(64, 600_000, '')));
      empty.push(await timed(() => mailboxes.claim(64, 600_000, '')));
    }
  } finally {
    await database.close();
  }
  const [sweeping, claiming, idle] = [percentiles(sweep), percentiles(claim), percentiles(empty)];
  return {
    work: 'waits',
    what: `Sweep, and claim of 10 ready mailboxes, while ${waiting.toLocaleString('en')} runs wait in ${TENANTS} tenants`,
    durability: await servers.durability(),
    figures: {
      'sweep p50 ms': sweeping.p50,
      'sweep p99 ms': sweeping.p99,
      'claim of 10 p50 ms': claiming.p50,
      'claim of 10 p99 ms': claiming.p99,
      'empty claim p50 ms': idle.p50,
      'empty claim p99 ms': idle.p99,
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs that wait for days: rows as a commit leaves them, written in bulk because a million commits would take an hour. */
export async function fillWaiting(admin: pg.Pool, waiting: number): Promise<void> {
  const marked = randomUUID();
  const tenants = "select md5('waits' || n)::uuid as tenant, n from generate_series(1, $1) n";
  await admin.query(
    `insert into workflows.tenants (tenant_id, slug, name) select tenant, 'waits-' || n, 'Waits' from (${tenants}) t on conflict do nothing`,
    [TENANTS],
  );
  await admin.query(
    `insert into workflows.workflows (tenant_id, id, name) select tenant, 'waits', 'Waits' from (${tenants}) t on conflict do nothing`,
    [TENANTS],
  );
  await admin.query(
    `insert into workflows.workflow_versions (tenant_id, id, workflow_id, version, hash, definition, published_by)
     select tenant, tenant, 'waits', 1, 'h', '{}', 'bench' from (${tenants}) t on conflict do nothing`,
    [TENANTS],
  );
  await admin.query(
    `insert into workflows.mailboxes (tenant_id, id, appended, consumed, wake_at)
     select md5('waits' || 1 + n % $1)::uuid, md5($3 || n)::uuid, 1, 1, now() + interval '1 day' * (1 + n % 30)
     from generate_series(1, $2) n`,
    [TENANTS, waiting, marked],
  );
  await admin.query(
    `insert into workflows.executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, trigger, revision, status, state, started_at)
     select b.tenant_id, b.id, 'waits', b.tenant_id, b.id, 'hook', 1, 'waiting',
       jsonb_build_object('id', b.id, 'status', 'waiting', 'tokens', '[]'::jsonb), now()
     from workflows.mailboxes b where b.wake_at > now() + interval '1 hour' on conflict do nothing`,
  );
  await admin.query('analyze');
}

async function makeReady(admin: pg.Pool, count: number): Promise<void> {
  await admin.query(
    `update workflows.mailboxes b set ready_at = now() from (
       select x.tenant_id, x.id from workflows.mailboxes x
       where x.ready_at is null and x.lease_until is null and x.tenant_id = md5('waits' || 1 + floor(random() * $2)::int)::uuid limit $1) x
     where b.tenant_id = x.tenant_id and b.id = x.id`,
    [count, TENANTS],
  );
}
