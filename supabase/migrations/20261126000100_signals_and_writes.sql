-- What runs tell the world inside the engine, and what it tells them: writes that stand or fall with a run's commit, and
-- signals that come to a run as letters.
grant create on schema workflows to wf_road;

alter table workflows.mail drop constraint mail_kind_check;
alter table workflows.mail add constraint mail_kind_check check (kind in ('message', 'start', 'effect', 'cancel', 'signal'));
alter table workflows.effects drop constraint effects_kind_check;
alter table workflows.effects add constraint effects_kind_check check (kind in ('message', 'http', 'write'));

-- Events of a tenant: emitted by its runs, or sent from outside. The row is the event; telling those who wait for it, and
-- starting what it starts, comes after and can be done again.
--   key            what waits look for; null: nobody waits for this one, it can only start runs
--   source         { executionId, node } of the run that emitted it, or what the door knows of its sender
--   dispatched_at  null until everybody has been told
create table workflows.tenant_events (
  tenant_id uuid not null references workflows.tenants,
  id uuid not null,
  name text not null,
  key text,
  data jsonb not null,
  source jsonb not null,
  at timestamptz not null default workflows.now(),
  dispatched_at timestamptz,
  primary key (tenant_id, id)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
create index tenant_events_undispatched on workflows.tenant_events (at, tenant_id, id) where dispatched_at is null;
create index tenant_events_waited_for on workflows.tenant_events (tenant_id, name, key, at) where key is not null;
alter table workflows.tenant_events enable row level security;
alter table workflows.tenant_events force row level security;
create policy tenant on workflows.tenant_events for all to wf_app
  using (tenant_id = (select workflows.current_tenant())) with check (tenant_id = (select workflows.current_tenant()));
create policy road on workflows.tenant_events for all to wf_road using (true) with check (true);
grant select on workflows.tenant_events to wf_app;
grant select, insert, update on workflows.tenant_events to wf_road;

-- apply_write: does what a run has decided to write, under the lock of its mailbox. Writes touch rows of this mailbox or
-- add rows of their own; to tell another mailbox something, they leave a row for a dispatcher, because mailboxes may only
-- be locked in the order of their keys.
--   p_write   Write (libs/core/src/machine/write.ts)
--   caller    commit_mailboxes
create function workflows.apply_write(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_write jsonb) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  case p_write ->> 'type'
    when 'event' then
      insert into tenant_events (tenant_id, id, name, key, data, source)
      values (p_tenant, (p_write ->> 'id')::uuid, p_write ->> 'name', p_write ->> 'key', p_write -> 'data',
        jsonb_build_object('executionId', p_execution, 'step', p_step));
  end case;
end $$;

-- commit_mailboxes: the only writer of runs. Each item stands or falls as a whole.
--   p         JSON text: MailboxCommit[], at most one per mailbox
--   result    CommitResult[], by position. Not committed: the lease or a revision was lost, and nothing was written
--   errors    a broken rule (an unknown version, a message without a conversation) refuses the whole call, and the
--             Committer goes on one by one
--   caller    Committer: whatever waits goes in the next call, two calls in flight at most
-- A loop of key lookups with fixed plans, not one statement over the batch: no join order can go wrong as the tables
-- grow, and a single item costs no planning.
create or replace function workflows.commit_mailboxes(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  results json[] := array_fill('{"committed":false,"ready":false,"outbound":false}'::json, array[json_array_length(p::json)]);
  item record;
  run record;
  written record;
  conversation record;
  sends boolean;
  ready boolean;
begin
  if json_array_length(p::json) = 0 then return '[]'::json; end if;
  for item in
    select * from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint,
      "readUpTo" bigint, runs jsonb, release boolean, "wakeAt" timestamptz)) with ordinality
    order by "tenantId", "mailboxId"
  loop
    perform from mailboxes b where b.tenant_id = item."tenantId" and b.id = item."mailboxId"
      and b.lease_token = item."leaseToken" and b.lease_until is not null for no key update;
    continue when not found;
    -- Only the holder of the lease writes runs, so what is read here stays true.
    perform from jsonb_to_recordset(item.runs) as r("executionId" uuid, revision int)
      where r.revision <> coalesce((select e.revision from executions e
        where e.tenant_id = item."tenantId" and e.id = r."executionId"), 0);
    continue when found;

    sends := jsonb_path_exists(item.runs, '$[*].effects[*] ? (@.effect.kind == "message" && @.state == "intent")');
    select v.id, v.connection_id, v.contact_id into conversation from conversations v
      where v.tenant_id = item."tenantId" and v.id = item."mailboxId";
    if sends then
      insert into outboxes as o (tenant_id, mailbox_id, ready_at) values (item."tenantId", item."mailboxId", workflows.now())
      on conflict (tenant_id, mailbox_id) do update
        set ready_at = case when o.lease_until is null then coalesce(o.ready_at, workflows.now()) end;
    elsif jsonb_path_exists(item.runs, '$[*].withdraw ? (@ == true)') then
      perform from outboxes o where o.tenant_id = item."tenantId" and o.mailbox_id = item."mailboxId" for no key update;
    end if;

    for run in
      select r.*, case when r.state ->> 'status' in ('completed', 'failed', 'cancelled') then workflows.now() end as ended_at
      from rows from (jsonb_to_recordset(item.runs) as ("executionId" uuid, "workflowId" text, "versionId" uuid, revision int,
        state jsonb, events jsonb, effects jsonb, settled jsonb, withdraw boolean)) with ordinality r
      order by r.ordinality
    loop
      if run.revision = 0 then
        insert into executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, conversation_id, contact_id,
          trigger, revision, status, reason, state, started_at, ended_at)
        values (item."tenantId", run."executionId", run."workflowId", run."versionId", item."mailboxId", conversation.id,
          conversation.contact_id, run.state ->> 'trigger', 1, run.state ->> 'status', run.state ->> 'reason', run.state,
          (run.state ->> 'startedAt')::timestamptz, run.ended_at);
      else
        update executions e set revision = e.revision + 1, status = run.state ->> 'status', reason = run.state ->> 'reason',
          state = run.state, ended_at = run.ended_at
        where e.tenant_id = item."tenantId" and e.id = run."executionId";
      end if;
      insert into execution_events (tenant_id, execution_id, revision, events)
      values (item."tenantId", run."executionId", run.revision + 1, run.events);
      if run.withdraw then
        update effects f set state = 'withdrawn', changed_at = workflows.now()
        where f.tenant_id = item."tenantId" and f.execution_id = run."executionId"
          and f.kind = 'message' and f.state = 'intent';
      end if;
      if jsonb_array_length(run.settled) > 0 then
        perform workflows.settle_effects(item."tenantId", run."executionId", run.settled);
      end if;
      if jsonb_array_length(run.effects) > 0 then
        insert into effects (tenant_id, execution_id, seq, mailbox_id, connection_id, node, step, kind, effect,
          idempotency_key, state, attempt, result)
        select item."tenantId", run."executionId", f.seq, item."mailboxId", conversation.connection_id, f.node, f.step,
          f.effect ->> 'kind', f.effect, f."idempotencyKey", f.state, case f.state when 'intent' then 0 else 1 end, f.result
        from jsonb_to_recordset(run.effects) as f(seq int, node text, step int, effect jsonb, "idempotencyKey" text,
          state text, result jsonb)
        order by f.seq;
        for written in
          select f.seq, f.step, f.effect -> 'write' as what
          from jsonb_to_recordset(run.effects) as f(seq int, step int, effect jsonb)
          where f.effect ->> 'kind' = 'write' order by f.seq
        loop
          perform workflows.apply_write(item."tenantId", item."mailboxId", run."executionId", written.step, written.what);
        end loop;
      end if;
    end loop;

    -- `appended` is the newest there is, because the row is locked: a letter that came meanwhile makes it ready again.
    update mailboxes b set consumed = greatest(b.consumed, item."readUpTo"),
      lease_until = case when item.release then null else b.lease_until end,
      ready_at = case when item.release and (b.appended > item."readUpTo" or item."wakeAt" <= workflows.now()) then workflows.now() end,
      wake_at = case when not item.release then b.wake_at when item."wakeAt" > workflows.now() then item."wakeAt" end
    where b.tenant_id = item."tenantId" and b.id = item."mailboxId"
    returning b.ready_at is not null into ready;
    results[item.ordinality] := json_build_object('committed', true, 'ready', ready, 'outbound', sends);
  end loop;
  return array_to_json(results);
end $$;

-- accept: stores a batch of events and makes their mailboxes ready. What it has seen before it drops.
--   p         JSON text: AcceptItem[] (libs/ports/src/road.ts)
--   result    by position: { outcome: stored, mailboxId } | { outcome: duplicate } | { outcome: not_found }
--   caller    InboundStore, one call in flight per process; the 200 goes out after it returns
create or replace function workflows.accept(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  contacts uuid[] := workflows.resolve_contacts(p);
  answer json;
begin
  with item as materialized (
    select i.ordinality as n, i.kind, i."tenantId" as tenant, contacts[i.ordinality] as contact,
      coalesce(i."connectionId", (i.contact ->> 'connectionId')::uuid) as connection, i."executionId" as execution,
      case i.kind
        when 'message' then 'message:' || i.dedupe
        when 'start' then 'start:' || i."executionId"
        when 'cancel' then 'cancel:' || i.dedupe
        when 'signal' then 'signal:' || i.dedupe end as dedupe,
      case i.kind
        when 'message' then jsonb_build_object('message', i.message)
        when 'start' then i.start
        when 'cancel' then jsonb_build_object('executionId', i."executionId", 'reason', i.reason, 'by', i.by)
        when 'signal' then jsonb_build_object('executionId', i."executionId", 'step', i.step, 'name', i.name,
          'data', coalesce(i.data, 'null'::jsonb)) end as body,
      case when i.kind = 'message' and (i.message ->> 'opensWindow') is null
        then least((i.message ->> 'at')::timestamptz, workflows.now()) end as inbound_at
    from rows from (json_to_recordset(p::json) as (kind text, "tenantId" uuid, "connectionId" uuid, "executionId" uuid,
      dedupe text, message jsonb, start jsonb, contact jsonb, reason text, by text,
      step int, name text, data jsonb)) with ordinality i),
  -- offset 0 keeps the key lookups where they are
  addressed as materialized (
    select i.*, case
      when i.kind in ('cancel', 'signal') then coalesce(
        (select e.mailbox_id from executions e where e.tenant_id = i.tenant and e.id = i.execution),
        (select l.mailbox_id from mail l where l.tenant_id = i.tenant and l.dedupe = 'start:' || i.execution))
      when i.contact is not null then derived_id('conversation', i.tenant::text, i.connection::text, i.contact::text)
      when i.kind = 'start' then i.execution end as mailbox
    from item i offset 0),
  -- new to the tables and first in the batch
  fresh as materialized (
    select distinct on (a.tenant, a.dedupe) a.* from addressed a
    where a.mailbox is not null
      and (select true from mail l where l.tenant_id = a.tenant and l.dedupe = a.dedupe limit 1) is null
      and (a.kind <> 'start' or (select true from executions e where e.tenant_id = a.tenant and e.id = a.execution limit 1) is null)
    order by a.tenant, a.dedupe, a.n),
  conversation as (  -- sorted, so that two batches lock in the same order
    insert into conversations as c (tenant_id, id, connection_id, contact_id, last_inbound_at)
    select f.tenant, f.mailbox, (array_agg(f.connection))[1], (array_agg(f.contact))[1], max(f.inbound_at)
    from fresh f where f.contact is not null group by f.tenant, f.mailbox order by f.tenant, f.mailbox
    on conflict (tenant_id, id) do update set last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at)
      where c.last_inbound_at is null or excluded.last_inbound_at > c.last_inbound_at
    returning c.id),
  count as (select tenant, mailbox, count(*) as letters from fresh group by tenant, mailbox order by tenant, mailbox),
  box as (
    insert into mailboxes as b (tenant_id, id, appended, ready_at)
    -- The look at `conversation` makes its insert come first: mailboxes are always locked after conversations.
    select tenant, mailbox, letters, workflows.now() from count
    where (select count(*) from conversation) >= 0 order by tenant, mailbox
    on conflict (tenant_id, id) do update set appended = b.appended + excluded.appended,
      ready_at = case when b.lease_until is null then coalesce(b.ready_at, workflows.now()) end
    returning b.tenant_id, b.id, b.appended),
  letter as (
    insert into mail (tenant_id, mailbox_id, seq, dedupe, kind, body)
    select f.tenant, f.mailbox, box.appended - c.letters + row_number() over (partition by f.tenant, f.mailbox order by f.n),
      f.dedupe, f.kind, f.body
    from fresh f join count c using (tenant, mailbox) join box on box.tenant_id = f.tenant and box.id = f.mailbox
    on conflict (tenant_id, dedupe) do nothing
    returning tenant_id, dedupe)
  select coalesce(json_agg(case
      when a.mailbox is null then json_build_object('outcome', 'not_found')
      when l.dedupe is null then json_build_object('outcome', 'duplicate')
      else json_build_object('outcome', 'stored', 'mailboxId', a.mailbox) end order by a.n), '[]'::json) into answer
  from addressed a
  left join fresh f on f.n = a.n
  left join letter l on l.tenant_id = f.tenant and l.dedupe = f.dedupe;
  return answer;
end $$;

alter function workflows.apply_write(uuid, uuid, uuid, int, jsonb) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
