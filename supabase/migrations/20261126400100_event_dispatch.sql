-- Dispatch of events: who waits for one is told, and what starts from one is started, soon after it has become a row.
--   due_at   when somebody is to dispatch it: at once, and again when whoever took it up has not come to an end
--   tries    how often it was taken up
grant create on schema workflows to wf_road;

alter table workflows.tenant_events add column due_at timestamptz not null default workflows.now(),
  add column tries int not null default 0;
drop index workflows.tenant_events_undispatched;
create index tenant_events_due on workflows.tenant_events (tenant_id, due_at) where dispatched_at is null;

-- claim_events: takes up a fair batch of events that are to be dispatched.
--   p_limit      how many at most
--   p_retry_ms   when an event is due again that was not finished; twice as long each time, up to 64 times
--   p_after      `after` of the caller's last claim, '' at first; the walk over tenants goes on behind it
--   result       EventClaim (libs/ports/src/events.ts)
--   caller       EventStore. Two who dispatch the same event do no harm: starts and letters are known by their keys
create function workflows.claim_events(p_limit int, p_retry_ms int, p_after text) returns json
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
  tenants uuid[];
  ids uuid[];
begin
  -- One probe of the index for each tenant that has something due, beginning behind the last one of the last claim.
  found_tenant := behind;
  while cardinality(walked) < p_limit loop
    select e.tenant_id into found_tenant from tenant_events e
      where e.dispatched_at is null and e.due_at <= workflows.now() and e.tenant_id > found_tenant
        and (not wrapped or e.tenant_id <= behind)
      order by e.tenant_id, e.due_at limit 1;
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
    return json_build_object('now', iso(workflows.now()), 'more', false, 'after', p_after, 'events', '[]'::json,
      'revisions', '{}'::json);
  end if;
  share := greatest(1, p_limit / cardinality(walked));

  with picked as materialized (
    select q.tenant_id, q.id from unnest(walked) tenant(id) cross join lateral (
      select e.tenant_id, e.id from tenant_events e
      where e.tenant_id = tenant.id and e.dispatched_at is null and e.due_at <= workflows.now()
      order by e.due_at limit share for no key update skip locked) q),
  claimed as (
    update tenant_events e set tries = e.tries + 1,
      due_at = workflows.now() + p_retry_ms * power(2, least(e.tries, 6)) * interval '1 ms'
    from picked where e.tenant_id = picked.tenant_id and e.id = picked.id
    returning e.tenant_id, e.id)
  select array_agg(tenant_id), array_agg(id) into tenants, ids from claimed;
  left_due := exists (select from unnest(walked) tenant(id) cross join lateral (
    select from tenant_events e where e.tenant_id = tenant.id and e.dispatched_at is null and e.due_at <= workflows.now()
    limit 1) one);

  return json_build_object('now', iso(workflows.now()), 'more', left_due, 'after', walked[cardinality(walked)],
    'revisions', (select coalesce(json_object_agg(t.id, coalesce((select r.revision from workflow_revisions r
      where r.tenant_id = t.id), 0)), '{}'::json) from (select distinct unnest(tenants) as id) t),
    'events', (select coalesce(json_agg(json_build_object('tenantId', e.tenant_id, 'id', e.id, 'name', e.name, 'key', e.key,
        'data', e.data, 'source', e.source, 'at', iso(e.at), 'tries', e.tries)), '[]'::json)
      from unnest(tenants, ids) c(tenant, id) cross join lateral (
        select x.* from tenant_events x where x.tenant_id = c.tenant and x.id = c.id) e));
end $$;

-- finish_events: these events have been dispatched; nobody takes them up again.
--   p        JSON text: [{ tenantId, id }]
--   result   how many were open until now
--   caller   EventStore
create function workflows.finish_events(p text) returns int
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  item record;
  finished int := 0;
begin
  -- In one order, so that two calls cannot wait for each other.
  for item in select * from json_to_recordset(p::json) as i("tenantId" uuid, id uuid) order by "tenantId", id loop
    update tenant_events e set dispatched_at = workflows.now()
    where e.tenant_id = item."tenantId" and e.id = item.id and e.dispatched_at is null;
    if found then finished := finished + 1; end if;
  end loop;
  return finished;
end $$;

alter function workflows.claim_events(int, int, text) owner to wf_road;
alter function workflows.finish_events(text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.claim_events(int, int, text), workflows.finish_events(text) to wf_app;
