-- Moving live runs from one version of a workflow to another, each by a letter in its own mailbox.
grant create on schema workflows to wf_road;

alter table workflows.mail drop constraint mail_kind_check;
alter table workflows.mail add constraint mail_kind_check
  check (kind in ('message', 'start', 'effect', 'cancel', 'signal', 'order', 'migrate'));

-- Moves that were ordered.
--   mapping   Mapping (libs/core/src/migration/mapping.ts);  undoes   the migration that this one takes back
create table workflows.migrations (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  workflow_id text not null,
  from_version int not null,
  to_version int not null,
  mapping jsonb not null,
  undoes uuid,
  created_at timestamptz not null default workflows.now(),
  created_by text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, workflow_id) references workflows.workflows (tenant_id, id),
  foreign key (tenant_id, undoes) references workflows.migrations (tenant_id, id)
);
create index migrations_of_workflow on workflows.migrations (tenant_id, workflow_id, created_at desc);

-- Runs that were told to move. One whose letter is read and that has not moved could not, or has ended.
create table workflows.migration_runs (
  tenant_id uuid not null,
  migration_id uuid not null,
  execution_id uuid not null,
  mailbox_id uuid not null,
  letter bigint not null,
  moved_at timestamptz,
  primary key (tenant_id, migration_id, execution_id),
  foreign key (tenant_id, migration_id) references workflows.migrations (tenant_id, id),
  foreign key (tenant_id, execution_id) references workflows.executions (tenant_id, id),
  foreign key (tenant_id, mailbox_id) references workflows.mailboxes (tenant_id, id)
);

do $$
declare
  table_name text;
begin
  foreach table_name in array array['migrations', 'migration_runs'] loop
    execute format('alter table workflows.%I enable row level security', table_name);
    execute format('alter table workflows.%I force row level security', table_name);
    execute format(
      'create policy tenant on workflows.%I for all to wf_app'
      ' using (tenant_id = (select workflows.current_tenant()))'
      ' with check (tenant_id = (select workflows.current_tenant()))', table_name);
  end loop;
end $$;
create policy road on workflows.migration_runs for all to wf_road using (true) with check (true);
grant select on workflows.migrations, workflows.migration_runs to wf_app;
grant insert on workflows.migrations to wf_app;
grant select, insert, update on workflows.migration_runs to wf_road;

-- follow_migration: pins a run to the version that its state says it was moved to, in the same write.
--   caller   trigger of executions; the others pay one look for a key in their state
create function workflows.follow_migration() returns trigger
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  pinned uuid := (new.state #>> '{migrated,versionId}')::uuid;
begin
  if new.workflow_version_id is distinct from pinned then
    new.workflow_version_id := pinned;
    update migration_runs r set moved_at = workflows.now() where r.tenant_id = new.tenant_id
      and r.migration_id = (new.state #>> '{migrated,migration}')::uuid and r.execution_id = new.id;
  end if;
  return new;
end $$;
create trigger follow_migration before update on workflows.executions
  for each row when (new.state ? 'migrated') execute function workflows.follow_migration();

-- migration_json: a migration with how far it is. blocked: could not move when it was its turn; skipped: had ended by then.
create function workflows.migration_json(m workflows.migrations) returns json
language sql stable as $$
  select json_build_object('id', m.id, 'workflowId', m.workflow_id, 'from', m.from_version, 'to', m.to_version,
    'mapping', m.mapping, 'undoes', m.undoes, 'createdAt', workflows.iso(m.created_at), 'createdBy', m.created_by,
    'runs', (select json_build_object('moved', count(*) filter (where r.outcome = 'moved'),
        'waiting', count(*) filter (where r.outcome = 'waiting'), 'blocked', count(*) filter (where r.outcome = 'blocked'),
        'skipped', count(*) filter (where r.outcome = 'skipped'))
      from (select case when r.moved_at is not null then 'moved' when e.ended_at is not null then 'skipped'
          when b.consumed >= r.letter then 'blocked' else 'waiting' end as outcome
        from workflows.migration_runs r
        join workflows.executions e on e.tenant_id = r.tenant_id and e.id = r.execution_id
        join workflows.mailboxes b on b.tenant_id = r.tenant_id and b.id = r.mailbox_id
        where r.tenant_id = m.tenant_id and r.migration_id = m.id) r))
$$;

-- start_migration: notes a migration; its runs are added by send_migration.
--   p   JSON text { workflowId, from, to, mapping, undoes, createdBy };  result   MigrationRecord
create function workflows.start_migration(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  made migrations;
begin
  insert into migrations (tenant_id, workflow_id, from_version, to_version, mapping, undoes, created_by)
  select current_tenant(), i."workflowId", i."from", i."to", i.mapping, i.undoes, i."createdBy"
  from json_to_record(p::json) as i("workflowId" text, "from" int, "to" int, mapping jsonb, undoes uuid, "createdBy" text)
  returning * into made;
  insert into audit_log (tenant_id, actor, action, target, details)
  values (made.tenant_id, made.created_by, case when made.undoes is null then 'workflow.migrate' else 'workflow.migrate_back' end,
    'workflow:' || made.workflow_id, jsonb_build_object('migration', made.id, 'from', made.from_version, 'to', made.to_version));
  return migration_json(made);
end $$;

create function workflows.get_migration(p_workflow_id text, p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select migration_json(m) from migrations m where m.id = p_id and m.workflow_id = p_workflow_id
$$;

-- list_migrations: the newest hundred of a workflow.
create function workflows.list_migrations(p_workflow_id text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(migration_json(t.m) order by (t.m).created_at desc, (t.m).id), '[]'::json)
  from (select m from migrations m where m.workflow_id = p_workflow_id order by m.created_at desc limit 100) t
$$;

-- live_runs: runs on a version that have not ended, by id.
--   p_after   the last id of the page before;  result   [{ executionId, state, restore: null }]
create function workflows.live_runs(p_version_id uuid, p_after uuid, p_limit int) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('executionId', t.id, 'state', t.state, 'restore', null) order by t.id), '[]'::json)
  from (select e.id, e.state from executions e where e.tenant_id = (select current_tenant()) and e.workflow_version_id = p_version_id
    and e.ended_at is null and e.revision > 0 and (p_after is null or e.id > p_after) order by e.id limit page_size(p_limit)) t
$$;

-- moved_runs: live runs whose last move was this migration, with the variables before it and as it left them.
--   result   [{ executionId, state, restore: { before, left } }]
create function workflows.moved_runs(p_migration_id uuid, p_after uuid, p_limit int) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('executionId', t.id, 'state', t.state, 'restore', (
      select json_build_object('before', v -> 'before', 'left', v #> '{move,vars}')
      from execution_events h cross join lateral jsonb_array_elements(h.events) v
      where h.tenant_id = t.tenant_id and h.execution_id = t.id and v ->> 'type' = 'migrated'
        and v ->> 'migration' = p_migration_id::text limit 1)) order by t.id), '[]'::json)
  from (select e.tenant_id, e.id, e.state from migration_runs r
    join executions e on e.tenant_id = r.tenant_id and e.id = r.execution_id
    where r.migration_id = p_migration_id and r.moved_at is not null and e.ended_at is null
      and e.state #>> '{migrated,migration}' = p_migration_id::text and (p_after is null or e.id > p_after)
    order by e.id limit page_size(p_limit)) t
$$;

-- send_migration: tells runs to move, each by a letter in its mailbox. Telling one twice tells it once.
--   p         JSON text: [{ executionId, body }]
--   result    how many letters were written
--   caller    MigrationStore; it writes into mailboxes, hence security definer, and under the tenant that it is given
create function workflows.send_migration(p_tenant uuid, p_migration_id uuid, p text) returns int
language plpgsql security definer set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  told record;
  place bigint;
  written int := 0;
begin
  for told in
    select e.id, e.mailbox_id, i.body from json_to_recordset(p::json) as i("executionId" uuid, body jsonb)
    join executions e on e.tenant_id = p_tenant and e.id = i."executionId"
    order by e.mailbox_id, e.id
  loop
    continue when exists (select from migration_runs r where r.tenant_id = p_tenant and r.migration_id = p_migration_id
      and r.execution_id = told.id);
    update mailboxes b set appended = b.appended + 1,
      ready_at = case when b.lease_until is null then coalesce(b.ready_at, workflows.now()) end
    where b.tenant_id = p_tenant and b.id = told.mailbox_id returning b.appended into place;
    insert into mail (tenant_id, mailbox_id, seq, dedupe, kind, body)
    values (p_tenant, told.mailbox_id, place, 'migrate:' || p_migration_id || ':' || told.id, 'migrate', told.body);
    insert into migration_runs (tenant_id, migration_id, execution_id, mailbox_id, letter)
    values (p_tenant, p_migration_id, told.id, told.mailbox_id, place);
    written := written + 1;
  end loop;
  return written;
end $$;

alter function workflows.send_migration(uuid, uuid, text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.migration_json(workflows.migrations), workflows.start_migration(text),
  workflows.get_migration(text, uuid), workflows.list_migrations(text), workflows.live_runs(uuid, uuid, int),
  workflows.moved_runs(uuid, uuid, int), workflows.send_migration(uuid, uuid, text) to wf_app;
