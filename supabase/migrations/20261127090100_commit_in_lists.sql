-- A commit read its JSON three times over, and what is in it once more for each run. It comes in lists now: those that are
-- needed twice are small, and the large one, the documents, is read once and as jsonb, so that what is stored is only copied
-- out of it. Measured on Postgres' own CPU time, 40 runs in a batch: 0.26 ms a commit before, 0.17 after.
grant create on schema workflows to wf_road;

drop function workflows.commit_mailboxes(text);

-- commit_mailboxes: the only writer of runs. Each mailbox stands or falls as a whole.
--   p_mailboxes   JSON text: [{ tenant, mailbox, token, readUpTo, release, wakeAt }], at least one
--                 and at most one of each mailbox; `n` in the other lists is a place in this one, from 1
--   p_runs        [{ n, execution, workflow, version, revision, trigger, status, reason, started, withdraw }]
--   p_documents   [{ state, events }], one for each of p_runs, in their order
--   p_effects     [{ n, execution, seq, node, step, kind, effect, key, state, result }], new ones
--   p_settled     [{ n, execution, seq, state, result }], effects of earlier commits that have come to an end
--   p_writes      [{ n, write }], MailboxWrite
--   result        CommitResult[], a place for each of p_mailboxes. Not committed: the lease or a revision was lost, and
--                 nothing was written
--   errors        a broken rule (an unknown version, a message without a conversation) refuses the whole call, and the
--                 Committer goes on one by one
--   caller        Committer: whatever waits goes in the next call, two calls in flight at most
-- 1 lock the mailboxes and see which leases and revisions still hold   2 runs, history, new effects
-- 3 outboxes, and only then effects that exist already: locks are taken in the order mailbox, outbox, effect
-- 4 writes   5 mailboxes: mail consumed, lease given back, timer set
create function workflows.commit_mailboxes(
  p_mailboxes text, p_runs text, p_documents text, p_effects text, p_settled text, p_writes text)
returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  tenants uuid[];
  boxes uuid[];
  read_up_to bigint[];
  released boolean[];
  wakes timestamptz[];
  held boolean[];
  -- The conversation of each mailbox, as [id, connection, contact], flat.
  people uuid[];
  sends boolean[];
  rest json;
  one record;
  answer json;
begin
  with item as materialized (
    select * from rows from (json_to_recordset(p_mailboxes::json) as (
      tenant uuid, mailbox uuid, token bigint, "readUpTo" bigint, release boolean, "wakeAt" timestamptz))
      with ordinality i(tenant, mailbox, token, read_up_to, release, wake_at, n)),
  locked as materialized (
    select i.n, i.tenant from (select * from item order by tenant, mailbox) i cross join lateral (
      select from mailboxes b where b.tenant_id = i.tenant and b.id = i.mailbox and b.lease_token = i.token
        and b.lease_until is not null for no key update) b),
  -- Only the holder of the lease writes runs, so what is read here stays true.
  stale as (
    select r.n from json_to_recordset(p_runs::json) as r(n bigint, execution uuid, revision int)
    where r.revision <> coalesce((select e.revision from executions e
      where e.tenant_id = (select l.tenant from locked l where l.n = r.n) and e.id = r.execution limit 1), 0))
  select array_agg(i.tenant order by i.n), array_agg(i.mailbox order by i.n), array_agg(i.read_up_to order by i.n),
      array_agg(i.release order by i.n), array_agg(i.wake_at order by i.n),
      array_agg(i.n in (select n from locked) and i.n not in (select n from stale) order by i.n)
    into tenants, boxes, read_up_to, released, wakes, held from item i;
  if true <> all (held) then
    return (select json_agg(json_build_object('committed', false, 'ready', false, 'outbound', false)) from unnest(held));
  end if;
  select array_agg(u.id order by i.n, u.place) into people
  from unnest(tenants, boxes) with ordinality i(tenant, mailbox, n) cross join lateral unnest(coalesce(
    (select array[v.id, v.connection_id, v.contact_id] from conversations v
      where v.tenant_id = i.tenant and v.id = i.mailbox limit 1), array[null, null, null]::uuid[])) with ordinality u(id, place);

  with run as materialized (
    select r.* from rows from (
      json_to_recordset(p_runs::json) as (n int, execution uuid, workflow text, version uuid, revision int, trigger text,
        status text, reason text, started timestamptz, withdraw boolean),
      jsonb_to_recordset(p_documents::jsonb) as (state jsonb, events jsonb))
      as r(n, execution, workflow, version, revision, trigger, status, reason, started, withdraw, state, events)
    where held[r.n]),
  stored as (
    insert into executions as e (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, conversation_id, contact_id,
      trigger, revision, status, reason, state, started_at, ended_at)
    select tenants[r.n], r.execution, r.workflow, r.version, boxes[r.n], people[r.n * 3 - 2], people[r.n * 3],
      r.trigger, r.revision + 1, r.status, r.reason, r.state, r.started,
      case when r.status in ('completed', 'failed', 'cancelled') then workflows.now() end
    from run r
    on conflict (tenant_id, id) do update set revision = excluded.revision, status = excluded.status,
      reason = excluded.reason, state = excluded.state, ended_at = excluded.ended_at),
  history as (
    insert into execution_events (tenant_id, execution_id, revision, events)
    select tenants[r.n], r.execution, r.revision + 1, r.events from run r),
  effect as materialized (
    select f.* from jsonb_to_recordset(p_effects::jsonb) as f(n int, execution uuid, seq int, node text, step int, kind text,
      effect jsonb, key text, state text, result jsonb)
    where held[f.n]),
  journalled as (
    insert into effects (tenant_id, execution_id, seq, mailbox_id, connection_id, node, step, kind, effect,
      idempotency_key, state, attempt, result)
    select tenants[f.n], f.execution, f.seq, boxes[f.n], people[f.n * 3 - 1], f.node, f.step, f.kind, f.effect,
      f.key, f.state, case when f.state in ('intent', 'withdrawn') then 0 else 1 end, f.result
    from effect f order by f.n, f.execution, f.seq)
  select array_agg(i.n in (select f.n from effect f where f.kind = 'message' and f.state = 'intent') order by i.n),
    (select json_agg(json_build_object('n', r.n, 'execution', r.execution, 'withdraw', r.withdraw,
        'first', (select min(f.seq) from effect f where f.n = r.n and f.execution = r.execution),
        'writes', (select json_agg(json_build_object('step', f.step, 'write', f.effect -> 'write') order by f.seq)
          from effect f where f.n = r.n and f.execution = r.execution and f.kind = 'write'))
        order by tenants[r.n], boxes[r.n])
      from run r where r.withdraw
        or exists (select from effect f where f.n = r.n and f.execution = r.execution and f.kind = 'write'))
    into sends, rest from generate_subscripts(held, 1) i(n);

  for one in
    select w.n from json_to_recordset(p_writes::json) as w(n int, write json) where held[w.n] and w.write ->> 'type' = 'say'
  loop
    sends[one.n] := true;
  end loop;
  if true = any (sends) then
    insert into outboxes as o (tenant_id, mailbox_id, ready_at)
    select i.tenant, i.mailbox, workflows.now() from unnest(tenants, boxes, sends) i(tenant, mailbox, sends)
    where i.sends order by i.tenant, i.mailbox
    on conflict (tenant_id, mailbox_id) do update
      set ready_at = case when o.lease_until is null then coalesce(o.ready_at, workflows.now()) end;
  end if;
  -- What some runs need beside that: lookups by key, one by one.
  for one in
    select * from json_to_recordset(rest) as r(n int, execution uuid, withdraw boolean, first int, writes json)
  loop
    if one.withdraw then
      perform from outboxes o where o.tenant_id = tenants[one.n] and o.mailbox_id = boxes[one.n] for no key update;
      perform workflows.take_back(tenants[one.n], boxes[one.n], one.execution, one.first);
    end if;
    if one.writes is not null then
      perform workflows.apply_write(tenants[one.n], boxes[one.n], one.execution, w.step, w.write)
      from json_to_recordset(one.writes) as w(step int, write jsonb);
    end if;
  end loop;
  -- What the holder of a run did itself (http) came to an end. An end that is known is not undone.
  for one in
    select s.* from jsonb_to_recordset(p_settled::jsonb) as s(n int, execution uuid, seq int, state text, result jsonb)
    where held[s.n] order by tenants[s.n], boxes[s.n], s.execution, s.seq
  loop
    update effects f set state = one.state, result = one.result, changed_at = workflows.now()
    where f.tenant_id = tenants[one.n] and f.execution_id = one.execution and f.seq = one.seq
      and f.state in ('intent', 'sending', 'unknown');
  end loop;

  for one in
    select w.* from rows from (json_to_recordset(p_writes::json) as (n int, write json)) with ordinality w(n, write, place)
    where held[w.n] order by tenants[w.n], boxes[w.n], w.place
  loop
    perform from outboxes o where o.tenant_id = tenants[one.n] and o.mailbox_id = boxes[one.n] for no key update;
    perform workflows.apply_mailbox_write(tenants[one.n], boxes[one.n], one.write);
  end loop;

  with rested as (
    -- `appended` is the newest there is, because the row is locked: a letter that came meanwhile makes it ready again.
    -- In `excluded`, consumed is what was read, and a lease that is to be kept is any instant.
    insert into mailboxes as b (tenant_id, id, consumed, lease_until, wake_at)
    select i.tenant, i.mailbox, i.read_up_to, case when not i.release then workflows.now() end, i.wake_at
    from unnest(tenants, boxes, read_up_to, released, wakes, held) i(tenant, mailbox, read_up_to, release, wake_at, held)
    where i.held order by i.tenant, i.mailbox
    on conflict (tenant_id, id) do update set consumed = greatest(b.consumed, excluded.consumed),
      lease_until = case when excluded.lease_until is not null then b.lease_until end,
      ready_at = case when excluded.lease_until is null
        and (b.appended > excluded.consumed or excluded.wake_at <= workflows.now()) then workflows.now() end,
      wake_at = case when excluded.lease_until is not null then b.wake_at
        when excluded.wake_at > workflows.now() then excluded.wake_at end
    returning b.tenant_id, b.id, b.ready_at is not null as ready)
  select json_agg(json_build_object('committed', h.committed,
      'ready', (h.tenant, h.mailbox) in (select r.tenant_id, r.id from rested r where r.ready),
      'outbound', h.sends) order by h.n)
    into answer from unnest(held, sends, tenants, boxes) with ordinality h(committed, sends, tenant, mailbox, n);
  return answer;
end $$;

drop function workflows.settle_effects(uuid, uuid, jsonb);

-- accept joins only what came in with what it has just written of it, and looks rows up by scalar subqueries over their keys,
-- which no join can replace. By nested loops that is the square of the batch: 0.10 ms an item at 150 items, 0.06 by hashes.
alter function workflows.accept(text) set enable_hashjoin = on;
alter function workflows.accept(text) set enable_nestloop = off;
-- It is called by accept and does join tables.
alter function workflows.resolve_contacts(text) set enable_nestloop = on;

alter function workflows.commit_mailboxes(text, text, text, text, text, text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.commit_mailboxes(text, text, text, text, text, text) to wf_app;
