-- Schedules: what fires when, and what became of each slot. Slots are worked out by the engine (libs/core/src/schedule);
-- that a slot is a row, and can be one only once, is what makes it fire once however many processes look at the clock.
grant create on schema workflows to wf_road;

-- A schedule trigger of the published version of a workflow.
--   cron, timezone   as they stand in the definition
--   zone             the IANA zone that is meant, also where the definition says "tenant"
--   planned_until    every slot up to here has become a row, or was passed over
--   next_at          the first slot behind it; null: it never fires again, or nobody has looked yet
--   due_at           when somebody is to plan slots; null: paused, or never
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
  next_at timestamptz,
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
    update schedules s set planned_until = item."plannedUntil", next_at = item."nextAt", due_at = item."nextAt", tries = 0,
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

-- schedule_json: ScheduleRecord; slot_json: SlotRecord (libs/ports/src/schedules.ts)
create function workflows.schedule_json(s workflows.schedules) returns json
language sql stable as $$
  select json_build_object('workflowId', s.workflow_id, 'trigger', s.trigger_id, 'cron', s.cron, 'timezone', s.timezone,
    'zone', s.zone, 'plannedUntil', workflows.iso(s.planned_until), 'pausedAt', workflows.iso(s.paused_at))
$$;

create function workflows.slot_json(s workflows.schedule_slots) returns json
language sql stable as $$
  select json_build_object('slot', workflows.iso(s.slot), 'status', s.status, 'nextAt', workflows.iso(s.due_at),
    'started', s.started, 'refused', s.refused, 'lastRow', s.last_row, 'failure', s.failure, 'endedAt', workflows.iso(s.ended_at),
    'version', (select v.version from workflows.workflow_versions v where v.tenant_id = s.tenant_id and v.id = s.version_id))
$$;

-- list_schedules: a page, by workflow and trigger.
create function workflows.list_schedules(p_workflow text, p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('items', coalesce(json_agg(schedule_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit
      then max((t.row).workflow_id || '/' || (t.row).trigger_id) filter (where t.n = p_limit) end)
  from (
    select s as row, row_number() over (order by s.workflow_id, s.trigger_id) as n from schedules s
    where (p_workflow is null or s.workflow_id = p_workflow)
      and (p_cursor is null or (s.workflow_id, s.trigger_id) > (split_part(p_cursor, '/', 1), split_part(p_cursor, '/', 2)))
    order by s.workflow_id, s.trigger_id limit page_size(p_limit) + 1) t
$$;

-- get_schedule: ScheduleRecord, or null.
create function workflows.get_schedule(p_workflow text, p_trigger text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select schedule_json(s) from schedules s where s.workflow_id = p_workflow and s.trigger_id = p_trigger
$$;

-- pause_schedule: makes no more slots, or does so again. Slots that come during a pause are passed over.
--   p   JSON text { workflowId, trigger, paused, actor };  result   ScheduleRecord. Doing it again changes nothing
create function workflows.pause_schedule(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  item record;
  current schedules;
begin
  select * into item from json_to_record(p::json) as i("workflowId" text, trigger text, paused boolean, actor text);
  select s.* into current from schedules s where s.tenant_id = current_tenant() and s.workflow_id = item."workflowId"
    and s.trigger_id = item.trigger for update;
  if not found then perform refuse('not_found', 'There is no such schedule. The published version decides which there are.'); end if;
  if (current.paused_at is not null) = item.paused then return schedule_json(current); end if;
  update schedules s set paused_at = case when item.paused then workflows.now() end, revision = s.revision + 1, tries = 0,
    due_at = case when not item.paused then workflows.now() end,
    planned_until = case when item.paused then s.planned_until else workflows.now() end
  where s.tenant_id = current_tenant() and s.workflow_id = item."workflowId" and s.trigger_id = item.trigger returning s.* into current;
  insert into audit_log (tenant_id, actor, action, target)
  values (current_tenant(), item.actor, case when item.paused then 'schedule.pause' else 'schedule.resume' end,
    'schedule:' || item."workflowId" || '/' || item.trigger);
  return schedule_json(current);
end $$;

-- list_slots: a page of the slots of a schedule, newest first.
create function workflows.list_slots(p_workflow text, p_trigger text, p_limit int, p_cursor text) returns json
language plpgsql stable set search_path = workflows, pg_temp as $$
declare
  before timestamptz := cursor_at(p_cursor);
begin
  return (
    select json_build_object('items', coalesce(json_agg(slot_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
      'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).slot, p_trigger)) filter (where t.n = p_limit) end)
    from (
      select s as row, row_number() over (order by s.slot desc) as n from schedule_slots s
      where s.tenant_id = current_tenant() and s.workflow_id = p_workflow and s.trigger_id = p_trigger
        and (p_cursor is null or s.slot < before)
      order by s.slot desc limit page_size(p_limit) + 1) t);
end $$;

-- order_slot: pauses, resumes or cancels a slot that still starts runs. Runs that were started go on.
--   p   JSON text { workflowId, trigger, slot, order: pause | resume | cancel, actor };  result   SlotRecord. Doing it again changes nothing
create function workflows.order_slot(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  item record;
  current schedule_slots;
  wanted text;
begin
  select * into item from json_to_record(p::json) as i("workflowId" text, trigger text, slot timestamptz, "order" text, actor text);
  select s.* into current from schedule_slots s where s.tenant_id = current_tenant() and s.workflow_id = item."workflowId"
    and s.trigger_id = item.trigger and s.slot = item.slot for update;
  if not found then perform refuse('not_found', 'There is no such slot. Slots that have not come yet are none.'); end if;
  wanted := case item."order" when 'pause' then 'paused' when 'resume' then 'open' else 'cancelled' end;
  if current.status = wanted then return slot_json(current); end if;
  if current.status not in ('open', 'paused') then
    perform refuse('conflict', 'The slot has ended (' || current.status || '): there is nothing left to ' || item."order" || '. Runs that it has started are ordered one by one, or in bulk.');
  end if;
  update schedule_slots s set status = wanted, due_at = case wanted when 'open' then workflows.now() end,
    ended_at = case wanted when 'cancelled' then workflows.now() end
  where s.tenant_id = current_tenant() and s.workflow_id = item."workflowId" and s.trigger_id = item.trigger and s.slot = item.slot
  returning s.* into current;
  insert into audit_log (tenant_id, actor, action, target, details)
  values (current_tenant(), item.actor, 'schedule.slot.' || item."order", 'schedule:' || item."workflowId" || '/' || item.trigger,
    jsonb_build_object('slot', iso(current.slot)));
  return slot_json(current);
end $$;

-- split_conditions: what containment can tell of a `where`, and what has to be looked at row by row.
--   p_where   [{ column, op, value }]
create function workflows.split_conditions(p_where jsonb, out equal jsonb, out others jsonb)
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(jsonb_object_agg(c ->> 'column', c -> 'value') filter (where is_plain), '{}'),
    coalesce(jsonb_agg(c) filter (where not is_plain), '[]')
  from (select c, c ->> 'op' = 'eq' and c ->> 'column' not in ('id', 'version')
      and jsonb_typeof(c -> 'value') in ('string', 'number', 'boolean')
      and row_number() over (partition by c ->> 'column', c ->> 'op') = 1 as is_plain
    from jsonb_array_elements(p_where) c) conditions
$$;

-- audience_rows: the next rows of a table that fulfil all conditions, in the order of their ids.
--   p        JSON text { table, where: [{ column, op, value }], after: id or null, limit }
--   result   { outcome: found, rows } | { outcome: missing }
-- Walks along the key from where it was before, so that an audience of any size is read once.
create function workflows.audience_rows(p text) returns json
language plpgsql stable set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set plan_cache_mode = force_generic_plan as $$
declare
  given record;
  split record;
begin
  select * into given from jsonb_to_record(p::jsonb) as i("table" text, "where" jsonb, after text, "limit" int);
  if not exists (select from data_tables t where t.name = given."table") then return '{"outcome":"missing"}'; end if;
  split := split_conditions(given."where");
  return (select json_build_object('outcome', 'found', 'rows', coalesce(json_agg(row_json(x.r)), '[]'::json)) from (
    select r from data_rows r
    where r.tenant_id = current_tenant() and r.table_name = given."table" and r.id > coalesce(given.after, '')
      and r.value @> split.equal
      and not exists (select from jsonb_array_elements(split.others) c
        where not fits_condition((row_json(r))::jsonb -> (c ->> 'column'), c ->> 'op', c -> 'value'))
    order by r.id limit given."limit") x);
end $$;

-- audience_count: how many rows of a table fulfil all conditions, counted up to a limit.
--   p   JSON text { table, where, limit };  result   { outcome: found, rows: number } | { outcome: missing }
create function workflows.audience_count(p text) returns json
language plpgsql stable set search_path = workflows, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  given record;
  split record;
begin
  select * into given from jsonb_to_record(p::jsonb) as i("table" text, "where" jsonb, "limit" int);
  if not exists (select from data_tables t where t.name = given."table") then return '{"outcome":"missing"}'; end if;
  split := split_conditions(given."where");
  return (select json_build_object('outcome', 'found', 'rows', count(*)) from (
    select from data_rows r
    where r.tenant_id = current_tenant() and r.table_name = given."table" and r.value @> split.equal
      and not exists (select from jsonb_array_elements(split.others) c
        where not fits_condition((row_json(r))::jsonb -> (c ->> 'column'), c ->> 'op', c -> 'value'))
    limit given."limit") x);
end $$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.claim_schedules(int, int), workflows.advance_schedules(text), workflows.claim_slots(int, int, text),
  workflows.advance_slot(text), workflows.forget_slots(int), workflows.schedule_json(workflows.schedules),
  workflows.slot_json(workflows.schedule_slots), workflows.list_schedules(text, int, text), workflows.get_schedule(text, text),
  workflows.pause_schedule(text), workflows.list_slots(text, text, int, text), workflows.order_slot(text),
  workflows.split_conditions(jsonb), workflows.audience_rows(text), workflows.audience_count(text) to wf_app;
