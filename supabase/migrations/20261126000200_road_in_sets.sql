-- Claim and commit in whole sets, measured: a statement for each row of a batch cost four times what it costs to write the
-- batch at once. Two habits keep a plan from going wrong as tables grow, because a plan is cached while they are empty:
--   * rows are looked up by scalar subqueries over their whole key, which no planner can turn round into a join;
--   * what exists already is changed by `insert ... on conflict`, which finds its row by the key and never by a join.
grant create on schema workflows to wf_road;

-- Indexes of lists have a condition that is always true and that lists name, because a lookup by a key must not find them:
-- on an empty table they cost the same as the key, that is when plans are made, and a tenant with many runs
-- would later be read as a whole for each of them.
drop index workflows.executions_by_start, workflows.executions_of_workflow, workflows.executions_of_contact;
create index executions_by_start on workflows.executions (tenant_id, started_at desc, id desc) where revision > 0;
create index executions_of_workflow on workflows.executions (tenant_id, workflow_id, started_at desc, id desc) where revision > 0;
create index executions_of_contact on workflows.executions (tenant_id, contact_id, started_at desc, id desc)
  where contact_id is not null and revision > 0;
drop index workflows.effects_of_mailbox;
create index effects_of_mailbox on workflows.effects (tenant_id, mailbox_id, intent_at) where kind = 'message' and seq > 0;
drop index workflows.conversations_by_age;
create index conversations_by_age on workflows.conversations (tenant_id, created_at desc, id desc) where created_at > '-infinity';
-- What belongs to a contact is looked for by its id, and the rows themselves by their keys. A hash can serve the first only.
drop index workflows.contact_aliases_contact, workflows.conversations_contact;
create index contact_aliases_contact on workflows.contact_aliases using hash (contact_id);
create index conversations_contact on workflows.conversations using hash (contact_id);

-- list_conversations: a page, newest first.
create or replace function workflows.list_conversations(p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('items', coalesce(json_agg(conversation_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).created_at, (t.row).id::text)) filter (where t.n = p_limit) end)
  from (
    select c as row, row_number() over (order by c.created_at desc, c.id desc) as n from conversations c
    where c.created_at > '-infinity' and (p_cursor is null or (c.created_at, c.id) < (cursor_at(p_cursor), cursor_uuid(p_cursor)))
    order by c.created_at desc, c.id desc limit page_size(p_limit) + 1) t
$$;

-- mailbox_contents: what is needed to advance each of these mailboxes.
--   p_tenants, p_boxes, p_tokens   the mailboxes and their new leases;  p_from, p_to  letters: behind p_from, up to p_to
--   result    ClaimedMailbox[] (libs/ports/src/road.ts)
--   caller    claim_mailboxes, under whose settings this must not run: without a sort an ordered list of runs would be
--             read from an index by age, which holds all runs of the tenant
create function workflows.mailbox_contents(p_tenants uuid[], p_boxes uuid[], p_tokens bigint[], p_from bigint[], p_to bigint[])
returns json
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set enable_sort = on set enable_bitmapscan = off
  set plan_cache_mode = force_generic_plan as $$
begin
  return (select coalesce(json_agg(json_build_object(
      'tenantId', c.tenant, 'mailboxId', c.box, 'leaseToken', c.token, 'readUpTo', c.read_to,
      'conversation', (select json_build_object('id', v.id, 'connectionId', v.connection_id, 'lastInboundAt', iso(v.last_inbound_at),
          'connection', (select x.name from connections x where x.tenant_id = c.tenant and x.id = v.connection_id limit 1),
          'channel', (select x.channel from connections x where x.tenant_id = c.tenant and x.id = v.connection_id limit 1))
        from conversations v where v.tenant_id = c.tenant and v.id = c.box),
      'contact', (select json_build_object('id', p.id, 'name', p.name, 'locale', p.locale, 'timezone', p.timezone,
          'optedOut', p.opted_out, 'tags', p.tags, 'attributes', p.attributes)
        from contacts p where p.tenant_id = c.tenant and p.id = (select v.contact_id from conversations v
          where v.tenant_id = c.tenant and v.id = c.box limit 1)),
      'letters', (select coalesce(json_agg(json_build_object('seq', l.seq, 'receivedAt', iso(l.received_at),
          'kind', l.kind, 'body', l.body, 'quoted', case when l.body #>> '{message,quotedId}' is not null then (
            select json_build_object('executionId', f.execution_id, 'step', f.step) from effects f
            where f.tenant_id = c.tenant and f.provider_id = l.body #>> '{message,quotedId}'
              and f.connection_id = (select v.connection_id from conversations v
                where v.tenant_id = c.tenant and v.id = c.box limit 1) limit 1) end) order by l.seq), '[]'::json)
        from mail l where l.tenant_id = c.tenant and l.mailbox_id = c.box and l.seq > c.read_from and l.seq <= c.read_to),
      'runs', (select coalesce(json_agg(json_build_object('executionId', e.id, 'workflowId', e.workflow_id,
          'versionId', e.workflow_version_id, 'revision', e.revision, 'state', e.state,
          'openEffects', (select coalesce(json_agg(json_build_object('seq', f.seq, 'effect', f.effect, 'attempt', f.attempt)
              order by f.seq), '[]'::json)
            from effects f where f.tenant_id = c.tenant and f.execution_id = e.id and f.kind = 'http' and f.state = 'sending'))
          order by e.started_at, e.id), '[]'::json)
        from executions e where e.tenant_id = c.tenant and e.mailbox_id = c.box and e.ended_at is null))), '[]'::json)
    from unnest(p_tenants, p_boxes, p_tokens, p_from, p_to) c(tenant, box, token, read_from, read_to));
end $$;

-- claim_mailboxes: leases a fair batch of ready mailboxes and brings what is needed to advance them.
--   p_limit      how many at most;  p_lease_ms  length of the lease
--   p_after      `after` of the caller's last claim, '' at first; the walk over tenants goes on behind it
--   result       ClaimResult (libs/ports/src/road.ts)
--   caller       MailboxStore; it sees every tenant's mailboxes, hence security definer
create or replace function workflows.claim_mailboxes(p_limit int, p_lease_ms int, p_after text) returns json
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

  -- A statement of its own has a new snapshot: it sees every letter that `appended` counts.
  return json_build_object('now', iso(workflows.now()), 'more', left_ready,
    'after', walked[cardinality(walked)],
    'revisions', (select coalesce(json_object_agg(t.id, coalesce((select r.revision from workflow_revisions r
      where r.tenant_id = t.id), 0)), '{}'::json) from (select distinct unnest(tenants) as id) t),
    'mailboxes', workflows.mailbox_contents(tenants, boxes, tokens, read_from, read_to));
end $$;

-- commit_mailboxes: the only writer of runs. Each item stands or falls as a whole.
--   p         JSON text: MailboxCommit[], at most one per mailbox
--   result    CommitResult[], by position. Not committed: the lease or a revision was lost, and nothing was written
--   errors    a broken rule (an unknown version, a message without a conversation) refuses the whole call, and the
--             Committer goes on one by one
--   caller    Committer: whatever waits goes in the next call, two calls in flight at most
-- 1 lock the mailboxes and see which leases and revisions still hold   2 runs, history, new effects
-- 3 outboxes, and only then effects that exist already: locks are taken in the order mailbox, outbox, effect
-- 4 writes   5 mailboxes: mail consumed, lease given back, timer set
create or replace function workflows.commit_mailboxes(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  held boolean[];
  sends boolean[];
  rest json;
  besides json;
  one record;
  answer json;
begin
  with item as materialized (
    select * from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint, runs json, writes json))
      with ordinality i(tenant, mailbox, token, runs, writes, n)),
  locked as materialized (
    select i.n, i.tenant, i.runs from (select * from item order by tenant, mailbox) i cross join lateral (
      select from mailboxes b where b.tenant_id = i.tenant and b.id = i.mailbox and b.lease_token = i.token
        and b.lease_until is not null for no key update) b),
  -- Only the holder of the lease writes runs, so what is read here stays true.
  intact as (
    select l.n from locked l where not exists (
      select from json_to_recordset(l.runs) as r("executionId" uuid, revision int)
      where r.revision <> coalesce((select e.revision from executions e
        where e.tenant_id = l.tenant and e.id = r."executionId" limit 1), 0)))
  select coalesce(array_agg(i.n = any (array(select n from intact)) order by i.n), '{}'),
    json_agg(json_build_object('n', i.n, 'tenant', i.tenant, 'mailbox', i.mailbox, 'writes', i.writes) order by i.tenant, i.mailbox)
      filter (where json_array_length(i.writes) > 0)
    into held, besides from item i;
  if not (true = any (held)) then
    return (select coalesce(json_agg(json_build_object('committed', false, 'ready', false, 'outbound', false)), '[]'::json)
      from unnest(held));
  end if;

  with item as materialized (
    select i.*, (select array[v.id, v.connection_id, v.contact_id] from conversations v
        where v.tenant_id = i.tenant and v.id = i.mailbox limit 1) as conversation
    from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, runs json))
      with ordinality i(tenant, mailbox, runs, n)
    where held[i.n]),
  run as materialized (
    select i.n, i.tenant, i.mailbox, i.conversation, r.* from item i cross join lateral json_to_recordset(i.runs) as r(
      "executionId" uuid, "workflowId" text, "versionId" uuid, revision int, state jsonb, events jsonb, effects json,
      settled json, withdraw boolean)),
  stored as (
    insert into executions as e (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, conversation_id, contact_id,
      trigger, revision, status, reason, state, started_at, ended_at)
    select r.tenant, r."executionId", r."workflowId", r."versionId", r.mailbox, r.conversation[1], r.conversation[3],
      r.state ->> 'trigger', r.revision + 1, r.state ->> 'status', r.state ->> 'reason', r.state,
      (r.state ->> 'startedAt')::timestamptz,
      case when r.state ->> 'status' in ('completed', 'failed', 'cancelled') then workflows.now() end
    from run r
    on conflict (tenant_id, id) do update set revision = excluded.revision, status = excluded.status,
      reason = excluded.reason, state = excluded.state, ended_at = excluded.ended_at),
  history as (
    insert into execution_events (tenant_id, execution_id, revision, events)
    select r.tenant, r."executionId", r.revision + 1, r.events from run r),
  effect as materialized (
    select r.n, r.tenant, r.mailbox, r.conversation, r."executionId" as execution, f.*, f.effect ->> 'kind' as kind
    from run r cross join lateral json_to_recordset(r.effects) as f(seq int, node text, step int, effect jsonb,
      "idempotencyKey" text, state text, result jsonb)),
  journalled as (
    insert into effects (tenant_id, execution_id, seq, mailbox_id, connection_id, node, step, kind, effect,
      idempotency_key, state, attempt, result)
    select f.tenant, f.execution, f.seq, f.mailbox, f.conversation[2], f.node, f.step, f.kind, f.effect,
      f."idempotencyKey", f.state, case when f.state in ('intent', 'withdrawn') then 0 else 1 end, f.result
    from effect f order by f.n, f.execution, f.seq)
  select array_agg(i.n in (select f.n from effect f where f.kind = 'message' and f.state = 'intent') order by i.n),
    (select json_agg(json_build_object('tenant', r.tenant, 'mailbox', r.mailbox, 'execution', r."executionId", 'withdraw', r.withdraw,
        'first', (select min(f.seq) from effect f where f.tenant = r.tenant and f.execution = r."executionId"),
        'settled', r.settled, 'writes', (select json_agg(json_build_object('step', f.step, 'write', f.effect -> 'write') order by f.seq)
          from effect f where f.tenant = r.tenant and f.execution = r."executionId" and f.kind = 'write'))
        order by r.tenant, r.mailbox)
      from run r where r.withdraw or json_array_length(r.settled) > 0
        or exists (select from effect f where f.tenant = r.tenant and f.execution = r."executionId" and f.kind = 'write'))
    into sends, rest from generate_subscripts(held, 1) i(n);

  for one in select * from json_to_recordset(besides) as b(n int, writes jsonb) loop
    sends[one.n] := sends[one.n] or held[one.n] and jsonb_path_exists(one.writes, '$[*] ? (@.type == "say")');
  end loop;
  if true = any (sends) then
    insert into outboxes as o (tenant_id, mailbox_id, ready_at)
    select i.tenant, i.mailbox, workflows.now()
    from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid)) with ordinality i(tenant, mailbox, n)
    where sends[i.n] order by i.tenant, i.mailbox
    on conflict (tenant_id, mailbox_id) do update
      set ready_at = case when o.lease_until is null then coalesce(o.ready_at, workflows.now()) end;
  end if;
  -- What some runs need beside that: lookups by key, one by one.
  for one in
    select * from json_to_recordset(rest) as r(tenant uuid, mailbox uuid, execution uuid, withdraw boolean, first int, settled jsonb, writes json)
  loop
    if one.withdraw then
      perform from outboxes o where o.tenant_id = one.tenant and o.mailbox_id = one.mailbox for no key update;
      update effects f set state = 'withdrawn', changed_at = workflows.now()
      where f.tenant_id = one.tenant and f.mailbox_id = one.mailbox and f.execution_id = one.execution
        and f.kind = 'message' and f.state = 'intent'
        -- What was decided on after the withdrawal, as a compensation, goes out.
        and (one.first is null or f.seq < one.first);
    end if;
    if jsonb_array_length(one.settled) > 0 then
      perform workflows.settle_effects(one.tenant, one.execution, one.settled);
    end if;
    if one.writes is not null then
      perform workflows.apply_write(one.tenant, one.mailbox, one.execution, w.step, w.write)
      from json_to_recordset(one.writes) as w(step int, write jsonb);
    end if;
  end loop;

  for one in select * from json_to_recordset(besides) as b(n int, tenant uuid, mailbox uuid, writes json) loop
    continue when not held[one.n];
    perform from outboxes o where o.tenant_id = one.tenant and o.mailbox_id = one.mailbox for no key update;
    perform workflows.apply_mailbox_write(one.tenant, one.mailbox, w.what)
    from json_array_elements(one.writes) w(what);
  end loop;

  with item as materialized (
    select * from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "readUpTo" bigint,
      release boolean, "wakeAt" timestamptz)) with ordinality i(tenant, mailbox, read_up_to, release, wake_at, n)
    where held[i.n]),
  rested as (
    -- `appended` is the newest there is, because the row is locked: a letter that came meanwhile makes it ready again.
    -- In `excluded`, consumed is what was read, and a lease that is to be kept is any instant.
    insert into mailboxes as b (tenant_id, id, consumed, lease_until, wake_at)
    select i.tenant, i.mailbox, i.read_up_to, case when not i.release then workflows.now() end, i.wake_at
    from item i order by i.tenant, i.mailbox
    on conflict (tenant_id, id) do update set consumed = greatest(b.consumed, excluded.consumed),
      lease_until = case when excluded.lease_until is not null then b.lease_until end,
      ready_at = case when excluded.lease_until is null
        and (b.appended > excluded.consumed or excluded.wake_at <= workflows.now()) then workflows.now() end,
      wake_at = case when excluded.lease_until is not null then b.wake_at
        when excluded.wake_at > workflows.now() then excluded.wake_at end
    returning b.tenant_id, b.id, b.ready_at is not null as ready)
  select json_agg(json_build_object('committed', h.committed,
      'ready', coalesce((select r.ready from rested r, item i where i.n = h.n and r.tenant_id = i.tenant and r.id = i.mailbox), false),
      'outbound', sends[h.n]) order by h.n)
    into answer from unnest(held) with ordinality h(committed, n);
  return answer;
end $$;

-- settle_effects: what the holder of a run did itself (http) came to an end. An end that is known is not undone.
--   p_settled   RunCommit.settled
--   caller      commit_mailboxes, under whose settings it runs: settings of its own would cost more than the work
create or replace function workflows.settle_effects(p_tenant uuid, p_execution uuid, p_settled jsonb) returns void
language plpgsql as $$
declare
  settled record;
begin
  for settled in select * from jsonb_to_recordset(p_settled) as s(seq int, state text, result jsonb) order by seq loop
    update workflows.effects f set state = settled.state, result = settled.result, changed_at = workflows.now()
    where f.tenant_id = p_tenant and f.execution_id = p_execution and f.seq = settled.seq
      and f.state in ('intent', 'sending', 'unknown');
  end loop;
end $$;

alter function workflows.mailbox_contents(uuid[], uuid[], bigint[], bigint[], bigint[]) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.list_conversations(int, text) to wf_app;
