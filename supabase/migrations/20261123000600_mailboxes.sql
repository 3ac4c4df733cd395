-- Mailboxes: claimed, advanced and given back. Locks are always taken in the order mailbox, outbox, effect, and
-- mailboxes in the order of their keys, so that no two calls can wait for each other.
grant create on schema workflows to wf_road;

-- claim_mailboxes: leases a fair batch of ready mailboxes and brings what is needed to advance them.
--   p_limit      how many at most;  p_lease_ms  length of the lease
--   p_after      `after` of the caller's last claim, '' at first; the walk over tenants goes on behind it
--   result       ClaimResult (libs/ports/src/road.ts)
--   caller       MailboxStore; it sees every tenant's mailboxes, hence security definer
create function workflows.claim_mailboxes(p_limit int, p_lease_ms int, p_after text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  -- Without a sort only the index of what is ready has the order asked for, however small the tables were at first.
  set enable_sort = off set enable_incremental_sort = off
  set plan_cache_mode = force_generic_plan as $$
declare
  zero constant uuid := '00000000-0000-0000-0000-000000000000';
  behind uuid := coalesce(nullif(p_after, '')::uuid, zero);
  walked uuid[];
  wrapped uuid[];
  share int;
  left_ready boolean;
  tenants uuid[];
  boxes uuid[];
  tokens bigint[];
  read_from bigint[];
  read_to bigint[];
begin
  with recursive walk as (  -- loose index scan: one probe per tenant with work
    (select b.tenant_id, 1 as n from mailboxes b where b.ready_at is not null and b.tenant_id > behind
     order by b.tenant_id, b.ready_at limit 1)
    union all
    select x.tenant_id, walk.n + 1 from walk cross join lateral (
      select b.tenant_id from mailboxes b where b.ready_at is not null and b.tenant_id > walk.tenant_id
      order by b.tenant_id, b.ready_at limit 1) x where walk.n < p_limit)
  select coalesce(array_agg(tenant_id order by n), '{}') into walked from walk;
  if cardinality(walked) < p_limit and behind > zero then
    with recursive walk as (
      (select b.tenant_id, 1 as n from mailboxes b where b.ready_at is not null and b.tenant_id > zero and b.tenant_id <= behind
       order by b.tenant_id, b.ready_at limit 1)
      union all
      select x.tenant_id, walk.n + 1 from walk cross join lateral (
        select b.tenant_id from mailboxes b where b.ready_at is not null and b.tenant_id > walk.tenant_id and b.tenant_id <= behind
        order by b.tenant_id, b.ready_at limit 1) x where walk.n < p_limit)
    select coalesce(array_agg(tenant_id order by n), '{}') into wrapped from walk;
    walked := walked || wrapped;
  end if;
  walked := walked[1:p_limit];
  if cardinality(walked) = 0 then
    return json_build_object('now', iso(workflows.now()), 'more', false, 'after', p_after, 'mailboxes', '[]'::json,
      'revisions', '{}'::json);
  end if;
  share := greatest(1, p_limit / cardinality(walked));

  with picked as materialized (
    select q.tenant_id, q.id from unnest(walked) tenant(id) cross join lateral (
      select b.tenant_id, b.id from mailboxes b where b.tenant_id = tenant.id and b.ready_at is not null
      order by b.ready_at limit share for no key update skip locked) q),
  claimed as (
    update mailboxes b set lease_token = b.lease_token + 1, ready_at = null,
      lease_until = workflows.now() + p_lease_ms * interval '1 ms', wake_at = workflows.now() + p_lease_ms * interval '1 ms'
    from picked where b.tenant_id = picked.tenant_id and b.id = picked.id
    returning b.tenant_id, b.id, b.lease_token, b.consumed, b.appended)
  select array_agg(tenant_id), array_agg(id), array_agg(lease_token), array_agg(consumed), array_agg(appended)
    into tenants, boxes, tokens, read_from, read_to from claimed;
  -- What is ready and not claimed: more than the share, or locked for a moment by a call that writes a letter. Its ring
  -- may have been answered by this very claim, so the caller must look again.
  left_ready := exists (select from unnest(walked) tenant(id) cross join lateral (
    select from mailboxes b where b.tenant_id = tenant.id and b.ready_at is not null limit 1) one);

  -- A second statement has a new snapshot: it sees every letter that `appended` counts.
  return json_build_object('now', iso(workflows.now()), 'more', left_ready,
    'after', walked[cardinality(walked)],
    'revisions', (select coalesce(json_object_agg(t.id, coalesce((select r.revision from workflow_revisions r
      where r.tenant_id = t.id), 0)), '{}'::json) from (select distinct unnest(tenants) as id) t),
    'mailboxes', (select coalesce(json_agg(json_build_object(
      'tenantId', c.tenant, 'mailboxId', c.box, 'leaseToken', c.token, 'readUpTo', c.read_to,
      'conversation', (select json_build_object('id', v.id, 'connectionId', v.connection_id, 'connection', n.name,
          'channel', n.channel, 'lastInboundAt', iso(v.last_inbound_at))
        from conversations v cross join lateral (select x.name, x.channel from connections x
          where x.tenant_id = v.tenant_id and x.id = v.connection_id) n
        where v.tenant_id = c.tenant and v.id = c.box),
      'contact', (select json_build_object('id', p.id, 'name', p.name, 'locale', p.locale, 'timezone', p.timezone,
          'optedOut', p.opted_out, 'tags', p.tags, 'attributes', p.attributes)
        from conversations v cross join lateral (select x.* from contacts x
          where x.tenant_id = v.tenant_id and x.id = v.contact_id) p
        where v.tenant_id = c.tenant and v.id = c.box),
      'letters', (select coalesce(json_agg(json_build_object('seq', l.seq, 'receivedAt', iso(l.received_at),
          'kind', l.kind, 'body', l.body, 'quoted', (
            select json_build_object('executionId', f.execution_id, 'step', f.step)
            from conversations v cross join lateral (
              select x.execution_id, x.step from effects x where x.tenant_id = v.tenant_id
                and x.connection_id = v.connection_id and x.provider_id = l.body #>> '{message,quotedId}' limit 1) f
            where v.tenant_id = l.tenant_id and v.id = l.mailbox_id)) order by l.seq), '[]'::json)
        from mail l where l.tenant_id = c.tenant and l.mailbox_id = c.box and l.seq > c.read_from and l.seq <= c.read_to),
      'runs', (select coalesce(json_agg(json_build_object('executionId', e.id, 'workflowId', e.workflow_id,
          'versionId', e.workflow_version_id, 'revision', e.revision, 'state', e.state,
          'openEffects', (select coalesce(json_agg(json_build_object('seq', f.seq, 'effect', f.effect, 'attempt', f.attempt)
              order by f.seq), '[]'::json)
            from effects f where f.tenant_id = e.tenant_id and f.execution_id = e.id and f.kind = 'http' and f.state = 'sending'))
          order by e.started_at, e.id), '[]'::json)
        from executions e where e.tenant_id = c.tenant and e.mailbox_id = c.box and e.ended_at is null))), '[]'::json)
      from unnest(tenants, boxes, tokens, read_from, read_to) c(tenant, box, token, read_from, read_to)));
end $$;

-- commit_mailboxes: the only writer of runs. Each item stands or falls as a whole.
--   p         JSON text: MailboxCommit[], at most one per mailbox
--   result    CommitResult[], by position. Not committed: the lease or a revision was lost, and nothing was written
--   errors    a broken rule (an unknown version, a message without a conversation) refuses the whole call, and the
--             Committer goes on one by one
--   caller    Committer: whatever waits goes in the next call, two calls in flight at most
-- A loop of key lookups with fixed plans, not one statement over the batch: no join order can go wrong as the tables
-- grow, and a single item costs no planning.
create function workflows.commit_mailboxes(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  results json[] := array_fill('{"committed":false,"ready":false,"outbound":false}'::json, array[json_array_length(p::json)]);
  item record;
  run record;
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

-- settle_effects: what the holder of a run did itself (http) came to an end. An end that is known is not undone.
--   p_settled   RunCommit.settled
--   caller      commit_mailboxes
create function workflows.settle_effects(p_tenant uuid, p_execution uuid, p_settled jsonb) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  settled record;
begin
  for settled in select * from jsonb_to_recordset(p_settled) as s(seq int, state text, result jsonb) order by seq loop
    update effects f set state = settled.state, result = settled.result, changed_at = workflows.now()
    where f.tenant_id = p_tenant and f.execution_id = p_execution and f.seq = settled.seq
      and f.state in ('intent', 'sending', 'unknown');
  end loop;
end $$;

-- release_mailboxes: gives leases back unused, for example at shutdown; the mailboxes are ready at once.
--   p         JSON text: [{ tenantId, mailboxId, leaseToken }]
--   result    how many were still held
--   caller    MailboxStore
create function workflows.release_mailboxes(p text) returns int
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  lease record;
  released int := 0;
begin
  for lease in
    select * from json_to_recordset(p::json) as l("tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint)
    order by "tenantId", "mailboxId"
  loop
    update mailboxes b set lease_until = null, wake_at = null, ready_at = workflows.now()
    where b.tenant_id = lease."tenantId" and b.id = lease."mailboxId" and b.lease_token = lease."leaseToken"
      and b.lease_until is not null;
    if found then released := released + 1; end if;
  end loop;
  return released;
end $$;

-- extend_leases: the holder is still at it.
--   p           JSON text: [{ kind: mailbox | outbox, tenantId, mailboxId, leaseToken }];  p_lease_ms  from now on
--   result      by position: true, or false where the lease was lost
--   callers     MailboxStore, OutboxStore
create function workflows.extend_leases(p text, p_lease_ms int) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  held boolean[] := array_fill(false, array[json_array_length(p::json)]);
  until timestamptz := workflows.now() + p_lease_ms * interval '1 ms';
  lease record;
begin
  if json_array_length(p::json) = 0 then return '[]'::json; end if;
  for lease in
    select * from rows from (json_to_recordset(p::json) as (kind text, "tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint))
      with ordinality
    order by "tenantId", "mailboxId", kind
  loop
    if lease.kind = 'outbox' then
      update outboxes o set lease_until = until, wake_at = until
      where o.tenant_id = lease."tenantId" and o.mailbox_id = lease."mailboxId" and o.lease_token = lease."leaseToken"
        and o.lease_until is not null;
    else
      update mailboxes b set lease_until = until, wake_at = until
      where b.tenant_id = lease."tenantId" and b.id = lease."mailboxId" and b.lease_token = lease."leaseToken"
        and b.lease_until is not null;
    end if;
    held[lease.ordinality] := found;
  end loop;
  return array_to_json(held);
end $$;

alter function workflows.claim_mailboxes(int, int, text) owner to wf_road;
alter function workflows.commit_mailboxes(text) owner to wf_road;
alter function workflows.settle_effects(uuid, uuid, jsonb) owner to wf_road;
alter function workflows.release_mailboxes(text) owner to wf_road;
alter function workflows.extend_leases(text, int) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.claim_mailboxes(int, int, text), workflows.commit_mailboxes(text),
  workflows.release_mailboxes(text), workflows.extend_leases(text, int) to wf_app;
