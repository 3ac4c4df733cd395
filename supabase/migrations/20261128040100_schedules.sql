-- Schedules: what fires when, and what became of each slot. Slots are worked out by the engine (libs/core/src/schedule);
-- that a slot is a row, and can be one only once, is what makes it fire once however many processes look at the clock.
grant create on schema workflows to wf_road;

-- A schedule trigger of the published version of a workflow.
--   cron, timezone   as they stand in the definition
--   zone             the IANA zone that is meant, also where the definition says "tenant"
--   planned_until    every slot up to here has become a row, or was passed over
--   due_at           when somebody is to plan slots: when the next one comes, or now; null: paused, or it never fires again
--   revision         moves with every change; who plans says which one it has seen
create table workflows.schedules (
  tenant_id uuid not null references workflows.tenants,
  workflow_id text not null,
  trigger_id text not null,
  version_id uuid not null,
  cron text not null,
  timezone text not null,
  zone text not null,
  planned_until timestamptz not null default workflows.now(),
  due_at timestamptz default workflows.now(),
  paused_at timestamptz,
  revision bigint not null default 1,
  tries int not null default 0,
  primary key (tenant_id, workflow_id, trigger_id),
  foreign key (tenant_id, workflow_id) references workflows.workflows (tenant_id, id),
  foreign key (tenant_id, version_id) references workflows.workflow_versions (tenant_id, id)
);
create index schedules_due on workflows.schedules (due_at, tenant_id) where due_at is not null;

-- A slot that fires, or has fired.
--   version_id   what it starts: the version that was published when the slot came
--   due_at       when somebody is to start its runs, or the next of them; null: nothing is to be done
--   last_row     of an audience: the last row that was looked at, in the order of ids
--   started, refused   runs that were started, and rows that name no contact who could be bound
create table workflows.schedule_slots (
  tenant_id uuid not null references workflows.tenants,
  workflow_id text not null,
  trigger_id text not null,
  slot timestamptz not null,
  version_id uuid not null,
  status text not null default 'open' check (status in ('open', 'paused', 'done', 'cancelled', 'failed')),
  due_at timestamptz,
  last_row text collate "C",
  started int not null default 0,
  refused int not null default 0,
  failure text,
  tries int not null default 0,
  ended_at timestamptz,
  primary key (tenant_id, workflow_id, trigger_id, slot),
  foreign key (tenant_id, workflow_id) references workflows.workflows (tenant_id, id),
  foreign key (tenant_id, version_id) references workflows.workflow_versions (tenant_id, id)
);
create index schedule_slots_due on workflows.schedule_slots (tenant_id, due_at) where due_at is not null;
create index schedule_slots_by_age on workflows.schedule_slots (ended_at) where ended_at is not null;

do $$
declare
  table_name text;
begin
  foreach table_name in array array['schedules', 'schedule_slots'] loop
    execute format('alter table workflows.%I enable row level security', table_name);
    execute format('alter table workflows.%I force row level security', table_name);
    execute format(
      'create policy tenant on workflows.%I for all to wf_app'
      ' using (tenant_id = (select workflows.current_tenant()))'
      ' with check (tenant_id = (select workflows.current_tenant()))', table_name);
    execute format('create policy road on workflows.%I for all to wf_road using (true) with check (true)', table_name);
  end loop;
end $$;
grant select, insert, update, delete on workflows.schedules to wf_app;
grant select on workflows.schedule_slots to wf_app;
grant update (status, due_at, ended_at) on workflows.schedule_slots to wf_app;
grant select, update on workflows.schedules to wf_road;
grant select, insert, update, delete on workflows.schedule_slots to wf_road;

-- keep_schedules: the schedules of a workflow are those of its published version. What keeps its cron and its zone keeps
-- what was planned, so that no slot is lost or fires again because of a publish at that moment.
create function workflows.keep_schedules() returns trigger
language plpgsql set search_path = workflows, pg_temp as $$
begin
  with given as (
    select t ->> 'id' as id, t ->> 'cron' as cron, t ->> 'timezone' as timezone,
      case t ->> 'timezone' when 'tenant' then (select x.timezone from tenants x where x.tenant_id = new.tenant_id)
        else t ->> 'timezone' end as zone
    from workflow_versions v, jsonb_array_elements(v.definition -> 'triggers') t
    where v.tenant_id = new.tenant_id and v.id = new.published_version_id and t ->> 'type' = 'schedule'),
  gone as (
    delete from schedules s where s.tenant_id = new.tenant_id and s.workflow_id = new.id
      and s.trigger_id not in (select id from given))
  insert into schedules as s (tenant_id, workflow_id, trigger_id, version_id, cron, timezone, zone)
  select new.tenant_id, new.id, given.id, new.published_version_id, given.cron, given.timezone, given.zone from given
  on conflict (tenant_id, workflow_id, trigger_id) do update set version_id = excluded.version_id, cron = excluded.cron,
    timezone = excluded.timezone, zone = excluded.zone, revision = s.revision + 1, tries = 0,
    planned_until = case when (s.cron, s.zone) = (excluded.cron, excluded.zone) then s.planned_until else workflows.now() end,
    due_at = case when s.paused_at is null then workflows.now() end;
  return null;
end $$;
create trigger keep_schedules after insert or update of published_version_id on workflows.workflows
  for each row when (new.published_version_id is not null) execute function workflows.keep_schedules();

-- move_schedules: a tenant that moves to another zone takes its schedules along.
create function workflows.move_schedules() returns trigger
language plpgsql set search_path = workflows, pg_temp as $$
begin
  update schedules s set zone = new.timezone, revision = s.revision + 1, tries = 0, planned_until = workflows.now(),
    due_at = case when s.paused_at is null then workflows.now() end
  where s.tenant_id = new.tenant_id and s.timezone = 'tenant';
  return null;
end $$;
create trigger move_schedules after update of timezone on workflows.tenants
  for each row when (old.timezone is distinct from new.timezone) execute function workflows.move_schedules();

-- What was published before this migration.
insert into workflows.schedules (tenant_id, workflow_id, trigger_id, version_id, cron, timezone, zone)
select w.tenant_id, w.id, t ->> 'id', v.id, t ->> 'cron', t ->> 'timezone',
  case t ->> 'timezone' when 'tenant' then x.timezone else t ->> 'timezone' end
from workflows.workflows w join workflows.tenants x on x.tenant_id = w.tenant_id
  join workflows.workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.published_version_id,
  jsonb_array_elements(v.definition -> 'triggers') t
where t ->> 'type' = 'schedule';

-- claim_schedules: takes up schedules whose next slot has come, those that wait longest first.
--   p_limit      how many at most
--   p_retry_ms   when a schedule is due again that was not planned; twice as long each time, up to 64 times
--   result       ScheduleClaim (libs/ports/src/schedules.ts)
--   caller       ScheduleStore. Two who plan the same schedule do no harm: the second finds another revision
create function workflows.claim_schedules(p_limit int, p_retry_ms int) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  claimed json;
  left_due boolean;
begin
  with picked as materialized (
    select s.tenant_id, s.workflow_id, s.trigger_id from schedules s where s.due_at <= workflows.now()
    order by s.due_at limit p_limit for no key update skip locked),
  taken as (
    update schedules s set tries = s.tries + 1,
      due_at = workflows.now() + p_retry_ms * power(2, least(s.tries, 6)) * interval '1 ms'
    from picked p where s.tenant_id = p.tenant_id and s.workflow_id = p.workflow_id and s.trigger_id = p.trigger_id
    returning s.*)
  select coalesce(json_agg(json_build_object('tenantId', t.tenant_id, 'workflowId', t.workflow_id, 'trigger', t.trigger_id,
    'versionId', t.version_id, 'zone', t.zone, 'plannedUntil', iso(t.planned_until), 'revision', t.revision,
    'tries', t.tries)), '[]'::json) into claimed from taken t;
  left_due := exists (select from schedules s where s.due_at <= workflows.now() limit 1);
  return json_build_object('now', iso(workflows.now()), 'more', left_due, 'schedules', claimed);
end $$;

-- advance_schedules: makes rows of the slots that have come, and says when to look again.
--   p        JSON text: PlannedSchedule[] (libs/ports/src/schedules.ts). One whose revision has moved since it was claimed is
--            passed over: whoever moved it has made it due
--   result   how many slots were made
--   caller   ScheduleStore
create function workflows.advance_schedules(p text) returns int
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  item record;
  made int;
  total int := 0;
begin
  -- In one order, so that two calls cannot wait for each other.
  for item in select * from json_to_recordset(p::json) as i("tenantId" uuid, "workflowId" text, trigger text, "versionId" uuid,
      revision bigint, "plannedUntil" timestamptz, "nextAt" timestamptz, slots json)
    order by "tenantId", "workflowId", trigger loop
    update schedules s set planned_until = item."plannedUntil", due_at = item."nextAt", tries = 0,
      revision = s.revision + 1
    where s.tenant_id = item."tenantId" and s.workflow_id = item."workflowId" and s.trigger_id = item.trigger
      and s.revision = item.revision and s.paused_at is null;
    continue when not found;
    insert into schedule_slots (tenant_id, workflow_id, trigger_id, slot, version_id, due_at)
    select item."tenantId", item."workflowId", item.trigger, x.slot, item."versionId", x."fireAt"
    from json_to_recordset(item.slots) as x(slot timestamptz, "fireAt" timestamptz)
    on conflict do nothing;
    get diagnostics made = row_count;
    total := total + made;
  end loop;
  return total;
end $$;

-- claim_slots: takes up a fair batch of slots that are to start runs.
--   p_limit, p_retry_ms, p_after   as in claim_events
--   result   SlotClaim (libs/ports/src/schedules.ts)
--   caller   ScheduleStore. Two who start the runs of the same slot do no harm: runs are known by slot and row
create function workflows.claim_slots(p_limit int, p_retry_ms int, p_after text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set enable_sort = off set enable_incremental_sort = off
  set plan_cache_mode = force_generic_plan as $$
declare
  zero constant uuid := '00000000-0000-0000-0000-000000000000';
  behind uuid := coalesce(nullif(p_after, '')::uuid, zero);
  walked uuid[] := '{}';
  found_tenant uuid;
  wrapped boolean := false;
  share int;
  left_due boolean;
  claimed json;
begin
  -- One probe of the index for each tenant that has something due, beginning behind the last one of the last claim.
  found_tenant := behind;
  while cardinality(walked) < p_limit loop
    select s.tenant_id into found_tenant from schedule_slots s
      where s.due_at <= workflows.now() and s.tenant_id > found_tenant and (not wrapped or s.tenant_id <= behind)
      order by s.tenant_id, s.due_at limit 1;
    if found then
      walked := walked || found_tenant;
    elsif wrapped or behind = zero then
      exit;
    else
      wrapped := true;
      found_tenant := zero;
    end if;
  end loop;
  if cardinality(walked) = 0 then
    return json_build_object('now', iso(workflows.now()), 'more', false, 'after', p_after, 'slots', '[]'::json);
  end if;
  share := greatest(1, p_limit / cardinality(walked));

  with picked as materialized (
    select q.* from unnest(walked) tenant(id) cross join lateral (
      select s.tenant_id, s.workflow_id, s.trigger_id, s.slot, s.due_at from schedule_slots s
      where s.tenant_id = tenant.id and s.due_at <= workflows.now()
      order by s.due_at limit share for no key update skip locked) q),
  taken as (
    update schedule_slots s set tries = s.tries + 1,
      due_at = workflows.now() + p_retry_ms * power(2, least(s.tries, 6)) * interval '1 ms'
    from picked p where s.tenant_id = p.tenant_id and s.workflow_id = p.workflow_id and s.trigger_id = p.trigger_id and s.slot = p.slot
    returning s.*, p.due_at as was_due)
  select coalesce(json_agg(json_build_object('tenantId', t.tenant_id, 'workflowId', t.workflow_id, 'trigger', t.trigger_id,
    'slot', iso(t.slot), 'versionId', t.version_id, 'lastRow', t.last_row, 'started', t.started, 'dueAt', iso(t.was_due),
    'tries', t.tries)), '[]'::json) into claimed from taken t;
  left_due := exists (select from unnest(walked) tenant(id) cross join lateral (
    select from schedule_slots s where s.tenant_id = tenant.id and s.due_at <= workflows.now() limit 1) one);
  return json_build_object('now', iso(workflows.now()), 'more', left_due, 'after', walked[cardinality(walked)], 'slots', claimed);
end $$;

-- advance_slot: writes down which runs of a slot were started, and when the next of them are due.
--   p        JSON text: SlotProgress (libs/ports/src/schedules.ts)
--   result   true; false when somebody else has written the same rows down already
--   caller   ScheduleStore
-- A slot that was paused or cancelled meanwhile keeps its account and starts nothing more.
create function workflows.advance_slot(p text) returns boolean
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  item record;
begin
  select * into item from json_to_record(p::json) as i("tenantId" uuid, "workflowId" text, trigger text, slot timestamptz,
    "seenRow" text, "lastRow" text, started int, refused int, "nextAt" timestamptz, failure text);
  update schedule_slots s set last_row = coalesce(item."lastRow", s.last_row), started = s.started + item.started,
    refused = s.refused + item.refused, tries = 0, failure = item.failure,
    status = case when s.status = 'cancelled' then s.status when item.failure is not null then 'failed'
      when item."nextAt" is null then 'done' else s.status end,
    due_at = case when s.status = 'open' and item."nextAt" is not null then greatest(item."nextAt", workflows.now()) end,
    ended_at = case when s.status = 'cancelled' then s.ended_at when item."nextAt" is null then workflows.now() end
  where s.tenant_id = item."tenantId" and s.workflow_id = item."workflowId" and s.trigger_id = item.trigger and s.slot = item.slot
    and s.last_row is not distinct from item."seenRow" and s.status in ('open', 'paused', 'cancelled');
  return found;
end $$;

-- forget_slots: drops slots that ended long ago; p_limit at most, the result says how many.
create function workflows.forget_slots(p_limit int) returns int
language plpgsql security definer set search_path = workflows, pg_temp set enable_seqscan = off
  set plan_cache_mode = force_generic_plan as $$
declare
  dropped int;
begin
  delete from schedule_slots s where (s.tenant_id, s.workflow_id, s.trigger_id, s.slot) in (
    select o.tenant_id, o.workflow_id, o.trigger_id, o.slot from schedule_slots o
    where o.ended_at < workflows.now() - interval '90 days' order by o.ended_at limit p_limit);
  get diagnostics dropped = row_count;
  return dropped;
end $$;

alter function workflows.claim_schedules(int, int) owner to wf_road;
alter function workflows.advance_schedules(text) owner to wf_road;
alter function workflows.claim_slots(int, int, text) owner to wf_road;
alter function workflows.advance_slot(text) owner to wf_road;
alter function workflows.forget_slots(int) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.claim_schedules(int, int), workflows.advance_schedules(text), workflows.claim_slots(int, int, text),
  workflows.advance_slot(text), workflows.forget_slots(int) to wf_app;
