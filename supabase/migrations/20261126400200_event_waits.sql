-- Runs that wait for an event. Nothing is lost between an event and a wait, whichever of them comes first: beginning to
-- wait and looking for what is there already are one transaction, and both sides hold the same lock while they look.
grant create on schema workflows to wf_road;

--   id          one for each beginning: whoever begins to wait again is told again
--   since       events before it are not for this wait
create table workflows.event_waits (
  tenant_id uuid not null,
  execution_id uuid not null,
  step int not null,
  id bigint generated always as identity,
  mailbox_id uuid not null,
  name text not null,
  key text not null,
  since timestamptz not null,
  primary key (tenant_id, execution_id, step),
  foreign key (tenant_id, execution_id) references workflows.executions (tenant_id, id),
  foreign key (tenant_id, mailbox_id) references workflows.mailboxes (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02);
-- The condition is always true. Only who asks with it can take this index, so nobody who looks for a step takes it for the
-- primary key's and reads all of a tenant.
create unique index event_waits_of_key on workflows.event_waits (tenant_id, name, key, id) where name <> '';
alter table workflows.event_waits enable row level security;
alter table workflows.event_waits force row level security;
create policy tenant on workflows.event_waits for all to wf_app
  using (tenant_id = (select workflows.current_tenant())) with check (tenant_id = (select workflows.current_tenant()));
create policy road on workflows.event_waits for all to wf_road using (true) with check (true);
grant select on workflows.event_waits to wf_app;
grant select, insert, update, delete on workflows.event_waits to wf_road;

-- event_lock: the number of the lock that whoever begins to wait for a name and key shares, and whoever asks who waits
-- for them holds alone.
create function workflows.event_lock(p_tenant uuid, p_name text, p_key text) returns bigint
language sql immutable as $$
  select pg_catalog.hashtextextended(pg_catalog.concat_ws(chr(31), p_tenant, p_name, p_key), 2)
$$;

-- tell_wait: a letter with an event for a step that waits for it, once for each beginning of the wait.
--   result    false: it was told before
--   callers   apply_write and deliver_event, both with the mailbox locked
create function workflows.tell_wait(p_wait workflows.event_waits, p_event workflows.tenant_events) returns boolean
language sql set search_path = workflows, pg_temp as $$
  select post_letter(p_wait.tenant_id, p_wait.mailbox_id, 'event:' || p_wait.id || ':' || p_event.id, 'signal', jsonb_build_object(
    'executionId', p_wait.execution_id, 'step', p_wait.step, 'name', 'event', 'id', p_event.id,
    'data', jsonb_build_object('data', p_event.data, 'key', p_event.key, 'at', iso(p_event.at))))
$$;

-- listen: a step begins to wait for events, and is told at once of those that its run has not read yet.
--   p_write   { name, key, since: 'run' or an instant, most: how many of the oldest unread ones it is told of }
--   caller    apply_write
create function workflows.listen(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_write jsonb) returns void
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  run jsonb;
  begun event_waits;
  unread tenant_events;
begin
  -- Whoever dispatches one of these events asks for the waits with this lock held alone. It is asked either after this
  -- commit, and finds the wait, or was asked before, and then its event is found below.
  perform pg_advisory_xact_lock_shared(event_lock(p_tenant, p_write ->> 'name', p_write ->> 'key'));
  select e.state into run from executions e where e.tenant_id = p_tenant and e.id = p_execution;
  insert into event_waits as w (tenant_id, execution_id, step, mailbox_id, name, key, since)
  values (p_tenant, p_execution, p_step, p_mailbox, p_write ->> 'name', p_write ->> 'key', case p_write ->> 'since'
    -- The clock of a worker may be ahead by a moment, so the run began no later than its first event was received.
    when 'run' then least((run ->> 'startedAt')::timestamptz, (run #>> '{event,at}')::timestamptz)
    else least((p_write ->> 'since')::timestamptz, workflows.now()) end)
  on conflict (tenant_id, execution_id, step) do update set since = excluded.since
  returning w.* into begun;
  for unread in
    select e.* from tenant_events e
    where e.tenant_id = begun.tenant_id and e.name = begun.name and e.key = begun.key and e.at >= begun.since
      and not coalesce(run -> 'taken' ? e.id::text, false)
    order by e.at limit (p_write ->> 'most')::int
  loop
    perform tell_wait(begun, unread);
  end loop;
end $$;

-- unlisten: the step does not wait for events any more.
--   caller    apply_write
create function workflows.unlisten(p_tenant uuid, p_execution uuid, p_step int) returns void
language sql set search_path = workflows, pg_temp as $$
  delete from event_waits w where w.tenant_id = p_tenant and w.execution_id = p_execution and w.step = p_step
$$;

-- waits_for_event: who waits for an event, a page at a time.
--   p_after   the last id of the page before, 0 at first
--   result    { waits: [{ executionId, step }], after: the last id, or null when there are no more }
--   caller    EventStore
create function workflows.waits_for_event(p_tenant uuid, p_event uuid, p_after bigint, p_limit int) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set enable_sort = off set enable_incremental_sort = off
  set plan_cache_mode = force_generic_plan as $$
declare
  event tenant_events;
begin
  select e.* into event from tenant_events e where e.tenant_id = p_tenant and e.id = p_event and e.key is not null;
  if not found then return '{"waits":[],"after":null}'::json; end if;
  perform pg_advisory_xact_lock(event_lock(p_tenant, event.name, event.key));
  -- A statement of its own: its snapshot is taken after the lock, so it sees every wait that was begun under it.
  return (select json_build_object('waits', coalesce(json_agg(json_build_object('executionId', w.execution_id, 'step', w.step)
      order by w.id) filter (where w.since <= event.at), '[]'::json), 'after', case when count(*) = p_limit then max(w.id) end)
    from (select x.* from event_waits x where x.tenant_id = p_tenant and x.name = event.name and x.key = event.key
      and x.name <> '' and x.id > p_after order by x.id limit p_limit) w);
end $$;

-- deliver_event: tells these waits of an event.
--   p_waits   JSON text: [{ executionId, step }]; a wait that has ended meanwhile is passed over
--   result    how many letters were written: above 0 means ring
--   caller    EventStore
create function workflows.deliver_event(p_tenant uuid, p_event uuid, p_waits text) returns int
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  event tenant_events;
  wanted record;
  boxes uuid[] := '{}';
  box uuid;
  waiting event_waits;
  letters int := 0;
begin
  select e.* into event from tenant_events e where e.tenant_id = p_tenant and e.id = p_event;
  -- One by one, so that no join order can go wrong.
  for wanted in select * from json_to_recordset(p_waits::json) as i("executionId" uuid, step int) loop
    select w.mailbox_id into box from event_waits w
      where w.tenant_id = p_tenant and w.execution_id = wanted."executionId" and w.step = wanted.step;
    if found then boxes := boxes || box; end if;
  end loop;
  for box in select distinct b from unnest(boxes) b order by b loop
    perform from mailboxes b where b.tenant_id = p_tenant and b.id = box for no key update;
  end loop;
  -- Read again: only the holder of a mailbox ends a wait, so what is there now stays until the letter is.
  for wanted in select * from json_to_recordset(p_waits::json) as i("executionId" uuid, step int) loop
    select w.* into waiting from event_waits w
      where w.tenant_id = p_tenant and w.execution_id = wanted."executionId" and w.step = wanted.step;
    if found and waiting.name = event.name and waiting.key = event.key and waiting.mailbox_id = any (boxes) then
      letters := letters + tell_wait(waiting, event)::int;
    end if;
  end loop;
  return letters;
end $$;

alter function workflows.event_lock(uuid, text, text) owner to wf_road;
alter function workflows.tell_wait(workflows.event_waits, workflows.tenant_events) owner to wf_road;
alter function workflows.listen(uuid, uuid, uuid, int, jsonb) owner to wf_road;
alter function workflows.unlisten(uuid, uuid, int) owner to wf_road;
alter function workflows.waits_for_event(uuid, uuid, bigint, int) owner to wf_road;
alter function workflows.deliver_event(uuid, uuid, text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.waits_for_event(uuid, uuid, bigint, int), workflows.deliver_event(uuid, uuid, text) to wf_app;
