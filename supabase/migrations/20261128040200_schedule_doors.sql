-- What a tenant reads of its schedules and orders of them, and the rows that an audience is made of. All of it runs as wf_app
-- under row-level security.

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
grant execute on function workflows.schedule_json(workflows.schedules), workflows.slot_json(workflows.schedule_slots),
  workflows.list_schedules(text, int, text), workflows.get_schedule(text, text), workflows.pause_schedule(text),
  workflows.list_slots(text, text, int, text), workflows.order_slot(text), workflows.split_conditions(jsonb),
  workflows.audience_rows(text), workflows.audience_count(text) to wf_app;
