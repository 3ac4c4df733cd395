-- Events from outside, and what a tenant reads of its events. All of it runs as wf_app under row-level security.
create index tenant_events_by_age on workflows.tenant_events (tenant_id, at desc, id desc);
grant insert on workflows.tenant_events to wf_app;

-- Names that begin with $ are the engine's own; neither nodes nor doors let one through, and nobody is shown one.
create function workflows.event_json(e workflows.tenant_events) returns json
language sql stable as $$
  select json_build_object('id', e.id, 'name', e.name, 'key', e.key, 'data', e.data, 'source', e.source,
    'at', workflows.iso(e.at), 'dispatchedAt', workflows.iso(e.dispatched_at))
$$;

-- emit_event: an event from outside. The same id again is the same event, whatever else is said with it.
--   p        JSON text: { id, name, key, data, source }
--   result   true when the event is new
create function workflows.emit_event(p text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  insert into tenant_events (tenant_id, id, name, key, data, source)
  select current_tenant(), i.id, i.name, i.key, coalesce(i.data, 'null'), i.source
  from json_to_record(p::json) as i(id uuid, name text, key text, data jsonb, source jsonb)
  on conflict (tenant_id, id) do nothing;
  return found;
end $$;

-- list_events: a page of events, newest first.
--   p_filter   JSON text: EventFilter;  result  Page<EventRecord>
create function workflows.list_events(p_filter text, p_limit int, p_cursor text) returns json
language plpgsql stable set search_path = workflows, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  wanted record;
  after_at timestamptz := cursor_at(p_cursor);
  after_id uuid := cursor_uuid(p_cursor);
begin
  select * into wanted from json_to_record(p_filter::json) as f(name text, key text);
  return (
    select json_build_object('items', coalesce(json_agg(event_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
      'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).at, (t.row).id::text)) filter (where t.n = p_limit) end)
    from (
      select e as row, row_number() over (order by e.at desc, e.id desc) as n from tenant_events e
      where (wanted.name is null or e.name = wanted.name)
        and (wanted.key is null or e.key = wanted.key)
        and left(e.name, 1) <> '$'
        and (p_cursor is null or (e.at, e.id) < (after_at, after_id))
      order by e.at desc, e.id desc limit page_size(p_limit) + 1) t);
end $$;

-- get_event: EventRecord, or null.
create function workflows.get_event(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select event_json(e) from tenant_events e where e.id = p_id and left(e.name, 1) <> '$'
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.event_json(workflows.tenant_events), workflows.emit_event(text),
  workflows.list_events(text, int, text), workflows.get_event(uuid) to wf_app;
