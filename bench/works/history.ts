import type pg from 'pg';

/** Ended runs with one row of history each, written in bulk, of a tenant that nothing else belongs to. */
export async function fillHistory(admin: pg.Pool, rows: number): Promise<void> {
  const tenant = "md5('history')::uuid";
  await admin.query(
    `insert into workflows.tenants (tenant_id, slug, name) values (${tenant}, 'history', 'History') on conflict do nothing`,
  );
  await admin.query(
    `insert into workflows.workflows (tenant_id, id, name) values (${tenant}, 'history', 'History') on conflict do nothing`,
  );
  await admin.query(
    `insert into workflows.workflow_versions (tenant_id, id, workflow_id, version, hash, definition, published_by)
     values (${tenant}, ${tenant}, 'history', 1, 'h', '{}', 'bench') on conflict do nothing`,
  );
  await admin.query(
    `insert into workflows.mailboxes (tenant_id, id, appended, consumed)
     select ${tenant}, md5('history' || n)::uuid, 1, 1 from generate_series(1, $1) n on conflict do nothing`,
    [rows],
  );
  await admin.query(
    `insert into workflows.executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, trigger, revision, status, state, started_at, ended_at)
     select ${tenant}, md5('history' || n)::uuid, 'history', ${tenant}, md5('history' || n)::uuid, 'hook', 1, 'completed',
       '{"status":"completed","tokens":[]}', now() - n * interval '1 second', now() - n * interval '1 second'
     from generate_series(1, $1) n on conflict do nothing`,
    [rows],
  );
  await admin.query(
    `insert into workflows.execution_events (tenant_id, execution_id, revision, events)
     select ${tenant}, md5('history' || n)::uuid, 1, '[{"type":"timer","at":"2026-01-01T00:00:00.000Z"}]' from generate_series(1, $1) n`,
    [rows],
  );
  await admin.query('analyze');
}
