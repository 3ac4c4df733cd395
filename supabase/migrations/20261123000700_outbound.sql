-- Outboxes: the unsent messages of a conversation go out one after the other, under a lease.
-- Locks: mailbox, then outbox, then effect, by key; never the other way round.
grant create on schema workflows to wf_road;

-- post_letter: appends one letter to a mailbox and makes it ready, unless it has seen the letter before.
--   result    true when the letter is new
--   caller    functions of the road, which hold the mailbox's row or are about to lock nothing else
create function workflows.post_letter(p_tenant uuid, p_mailbox uuid, p_dedupe text, p_kind text, p_body jsonb) returns boolean
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  place bigint;
begin
  perform from mail l where l.tenant_id = p_tenant and l.dedupe = p_dedupe;
  if found then return false; end if;
  update mailboxes b set appended = b.appended + 1,
    ready_at = case when b.lease_until is null then coalesce(b.ready_at, workflows.now()) end
  where b.tenant_id = p_tenant and b.id = p_mailbox
  returning b.appended into place;
  insert into mail (tenant_id, mailbox_id, seq, dedupe, kind, body)
  values (p_tenant, p_mailbox, place, p_dedupe, p_kind, p_body);
  return true;
end $$;

-- report_effect: tells a run what became of its effect. One letter for each outcome, none to a run that has ended.
--   p_result  EffectResult;  result  true when a letter was written
create function workflows.report_effect(p_effect workflows.effects, p_result jsonb) returns boolean
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  perform from executions e where e.tenant_id = p_effect.tenant_id and e.id = p_effect.execution_id and e.ended_at is null;
  if not found then return false; end if;
  return workflows.post_letter(p_effect.tenant_id, p_effect.mailbox_id,
    format('effect:%s:%s:%s', p_effect.execution_id, p_effect.seq, p_result ->> 'outcome'), 'effect',
    jsonb_build_object('executionId', p_effect.execution_id, 'seq', p_effect.seq, 'result', p_result));
end $$;

-- rest_outbox: decides when an outbox without a lease is looked at next, from the first message that is not settled.
--   nothing unsettled, or one in sending or unknown: not at all, whatever settles it calls again
--   caller    functions of the road, with the outbox's row locked in an earlier statement: the look at the journal
--             then sees every message that a commit has added, and a commit that adds one later finds no lease
create function workflows.rest_outbox(p_tenant uuid, p_mailbox uuid) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  head record;
  sendable boolean;
begin
  select f.state, f.resend, f.not_before into head from effects f
  where f.tenant_id = p_tenant and f.mailbox_id = p_mailbox and f.kind = 'message'
    and f.state in ('intent', 'sending', 'unknown')
  order by f.position limit 1;
  sendable := found and (head.state = 'intent' or head.state = 'unknown' and head.resend);
  update outboxes o set lease_until = null,
    ready_at = case when sendable and coalesce(head.not_before <= workflows.now(), true) then coalesce(o.ready_at, workflows.now()) end,
    wake_at = case when sendable and head.not_before > workflows.now() then head.not_before end
  where o.tenant_id = p_tenant and o.mailbox_id = p_mailbox;
end $$;

-- refresh_outbox: a message of the outbox was settled, so a later one may be free to go. Under a lease its holder sees to it.
create function workflows.refresh_outbox(p_tenant uuid, p_mailbox uuid) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  perform from outboxes o where o.tenant_id = p_tenant and o.mailbox_id = p_mailbox and o.lease_until is null for no key update;
  if found then perform workflows.rest_outbox(p_tenant, p_mailbox); end if;
end $$;

-- claim_outboxes: leases a fair batch of conversations that have something to send, with their messages in order.
--   p_limit      how many conversations;  p_lease_ms  length of the lease;  p_after  as in claim_mailboxes
--   result       OutboundClaim; at most 20 messages each, up to the first one that must wait
--   caller       OutboxStore
create function workflows.claim_outboxes(p_limit int, p_lease_ms int, p_after text) returns json
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
  answer json;
  idle record;
begin
  with recursive walk as (
    (select o.tenant_id, 1 as n from outboxes o where o.ready_at is not null and o.tenant_id > behind
     order by o.tenant_id, o.ready_at limit 1)
    union all
    select x.tenant_id, walk.n + 1 from walk cross join lateral (
      select o.tenant_id from outboxes o where o.ready_at is not null and o.tenant_id > walk.tenant_id
      order by o.tenant_id, o.ready_at limit 1) x where walk.n < p_limit)
  select coalesce(array_agg(tenant_id order by n), '{}') into walked from walk;
  if cardinality(walked) < p_limit and behind > zero then
    with recursive walk as (
      (select o.tenant_id, 1 as n from outboxes o where o.ready_at is not null and o.tenant_id > zero and o.tenant_id <= behind
       order by o.tenant_id, o.ready_at limit 1)
      union all
      select x.tenant_id, walk.n + 1 from walk cross join lateral (
        select o.tenant_id from outboxes o where o.ready_at is not null and o.tenant_id > walk.tenant_id and o.tenant_id <= behind
        order by o.tenant_id, o.ready_at limit 1) x where walk.n < p_limit)
    select coalesce(array_agg(tenant_id order by n), '{}') into wrapped from walk;
    walked := walked || wrapped;
  end if;
  walked := walked[1:p_limit];
  if cardinality(walked) = 0 then
    return json_build_object('now', iso(workflows.now()), 'more', false, 'after', p_after, 'outboxes', '[]'::json);
  end if;
  share := greatest(1, p_limit / cardinality(walked));

  with picked as materialized (
    select q.tenant_id, q.mailbox_id from unnest(walked) tenant(id) cross join lateral (
      select o.tenant_id, o.mailbox_id from outboxes o where o.tenant_id = tenant.id and o.ready_at is not null
      order by o.ready_at limit share for no key update skip locked) q),
  claimed as (
    update outboxes o set lease_token = o.lease_token + 1, ready_at = null,
      lease_until = workflows.now() + p_lease_ms * interval '1 ms', wake_at = workflows.now() + p_lease_ms * interval '1 ms'
    from picked where o.tenant_id = picked.tenant_id and o.mailbox_id = picked.mailbox_id
    returning o.tenant_id, o.mailbox_id, o.lease_token)
  select array_agg(tenant_id), array_agg(mailbox_id), array_agg(lease_token) into tenants, boxes, tokens from claimed;
  -- As in claim_mailboxes: what a lock has hidden from this claim must be looked at again.
  left_ready := exists (select from unnest(walked) tenant(id) cross join lateral (
    select from outboxes o where o.tenant_id = tenant.id and o.ready_at is not null limit 1) one);

  -- A second statement has a new snapshot: it sees every message of the locked outboxes.
  select json_build_object('now', iso(workflows.now()), 'more', left_ready,
    'after', walked[cardinality(walked)],
    'outboxes', coalesce(json_agg(json_build_object(
      'tenantId', c.tenant, 'mailboxId', c.box, 'leaseToken', c.token, 'connectionId', v.connection_id, 'channel', v.channel,
      'to', v.aliases, 'lastInboundAt', iso(v.last_inbound_at), 'items', sendable.items)) filter (where sendable.items is not null),
      '[]'::json)) into answer
  from unnest(tenants, boxes, tokens) c(tenant, box, token)
  cross join lateral (
    select v.connection_id, v.last_inbound_at,
      (select n.channel from connections n where n.tenant_id = v.tenant_id and n.id = v.connection_id) as channel,
      (select coalesce(json_agg(json_build_object('kind', a.kind, 'value', a.value) order by a.created_at, a.kind), '[]'::json)
       from contact_aliases a where a.tenant_id = v.tenant_id and a.contact_id = v.contact_id
         and a.connection_id = v.connection_id) as aliases
    from conversations v where v.tenant_id = c.tenant and v.id = c.box) v
  cross join lateral (
    select json_agg(json_build_object('executionId', f.execution_id, 'seq', f.seq, 'effect', f.effect, 'attempt', f.attempt + 1,
      'resend', f.resend) order by f.position) as items
    from (select u.*, bool_and((u.state = 'intent' or u.state = 'unknown' and u.resend)
            and coalesce(u.not_before <= workflows.now(), true)) over (order by u.position) as free
          from (select x.* from effects x where x.tenant_id = c.tenant and x.mailbox_id = c.box and x.kind = 'message'
                and x.state in ('intent', 'sending', 'unknown') order by x.position limit 20) u) f
    where f.free) sendable;

  -- Woken for nothing: the message was withdrawn, or the first one has to wait.
  for idle in
    select c.tenant, c.box from unnest(tenants, boxes) c(tenant, box)
    where not exists (select from json_array_elements(answer -> 'outboxes') o
      where (o ->> 'tenantId')::uuid = c.tenant and (o ->> 'mailboxId')::uuid = c.box)
  loop
    perform workflows.rest_outbox(idle.tenant, idle.box);
  end loop;
  return answer;
end $$;

-- begin_sends: marks messages as being sent. The POST may only follow when it was granted, after this has committed.
--   p         JSON text: BeginSend[]
--   result    by position: true when granted. Not granted: the lease was lost, an earlier message of the conversation
--             is not settled, or it was withdrawn
--   caller    OutboxStore
create function workflows.begin_sends(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  granted boolean[] := array_fill(false, array[json_array_length(p::json)]);
  item record;
begin
  if json_array_length(p::json) = 0 then return '[]'::json; end if;
  for item in
    select * from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint,
      "executionId" uuid, seq int)) with ordinality
    order by "tenantId", "mailboxId", ordinality
  loop
    perform from outboxes o where o.tenant_id = item."tenantId" and o.mailbox_id = item."mailboxId"
      and o.lease_token = item."leaseToken" and o.lease_until > workflows.now() for no key update;
    continue when not found;
    update effects f set state = 'sending', attempt = f.attempt + 1, lease_token = item."leaseToken", resend = false,
      not_before = null, changed_at = workflows.now()
    where f.tenant_id = item."tenantId" and f.execution_id = item."executionId" and f.seq = item.seq
      and f.mailbox_id = item."mailboxId" and f.kind = 'message'
      and (f.state = 'intent' or f.state = 'unknown' and f.resend)
      and not exists (select from effects x where x.tenant_id = f.tenant_id and x.mailbox_id = f.mailbox_id
        and x.kind = 'message' and x.state in ('intent', 'sending', 'unknown') and x.position < f.position);
    granted[item.ordinality] := found;
  end loop;
  return array_to_json(granted);
end $$;

-- lock_providers: settles and receipts of one provider id come one after the other, in whatever order they arrive, so
-- that a receipt either finds its message or is found by it. Taken before any row, in one order.
--   p_names   '<tenant>:<provider id>'
create function workflows.lock_providers(p_names text[]) returns void
language plpgsql set search_path = workflows, pg_temp as $$
begin
  perform pg_advisory_xact_lock(lock_key)
  from (select distinct hashtextextended(name, 2) as lock_key from unnest(p_names) name order by 1) names;
end $$;

-- settle_sends: what became of messages that were being sent.
--   p         JSON text: SettleSend[]
--   result    by position: { settled, ready }. Not settled: somebody else holds the message now, or a receipt knew more.
--             ready: a letter was written to the run's mailbox, ring
--   caller    OutboxStore
-- A holder whose lease has run out may still tell what happened to its own attempt: that is a fact, whoever holds now.
create function workflows.settle_sends(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  results json[] := array_fill('{"settled":false,"ready":false}'::json, array[json_array_length(p::json)]);
  item record;
  sent effects;
  early record;
  ready boolean;
begin
  if json_array_length(p::json) = 0 then return '[]'::json; end if;
  perform workflows.lock_providers(array(
    select i."tenantId" || ':' || i."providerId" from json_to_recordset(p::json) as i("tenantId" text, "providerId" text)
    where i."providerId" is not null));
  for item in
    select * from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint,
      "executionId" uuid, seq int, state text, "providerId" text, result jsonb, "retryInMs" bigint)) with ordinality
    order by "tenantId", "mailboxId", ordinality
  loop
    ready := false;
    perform from mailboxes b where b.tenant_id = item."tenantId" and b.id = item."mailboxId" for no key update;
    perform from outboxes o where o.tenant_id = item."tenantId" and o.mailbox_id = item."mailboxId" for no key update;
    update effects f set state = item.state, result = item.result, provider_id = coalesce(item."providerId", f.provider_id),
      not_before = case when item.state = 'intent' then workflows.now() + coalesce(item."retryInMs", 0) * interval '1 ms' end,
      changed_at = workflows.now(), resend = false
    where f.tenant_id = item."tenantId" and f.execution_id = item."executionId" and f.seq = item.seq
      and f.mailbox_id = item."mailboxId" and f.lease_token = item."leaseToken" and f.state in ('sending', 'unknown')
    returning f.* into sent;
    if found then
      if item.state = 'failed' or item.state = 'sent' and sent.effect ->> 'notify' = 'accepted'
        or item.state = 'held' and sent.effect ->> 'notify' <> 'never' then
        ready := workflows.report_effect(sent, item.result);
      end if;
    elsif item."providerId" is not null then
      -- A receipt was faster; what it did not know is the answer's.
      update effects f set provider_id = coalesce(f.provider_id, item."providerId")
      where f.tenant_id = item."tenantId" and f.execution_id = item."executionId" and f.seq = item.seq
        and f.lease_token = item."leaseToken"
      returning f.* into sent;
    end if;
    continue when sent.seq is null;
    if sent.provider_id is not null then
      for early in
        delete from early_receipts r where r.tenant_id = sent.tenant_id and r.connection_id = sent.connection_id
          and r.provider_id = sent.provider_id
        returning r.status, r.at, r.failure
      loop
        ready := workflows.apply_receipt(sent.tenant_id, sent.execution_id, sent.seq, sent.provider_id, early.status, early.at,
          early.failure) or ready;
      end loop;
    end if;
    perform workflows.refresh_outbox(sent.tenant_id, sent.mailbox_id);
    results[item.ordinality] := json_build_object('settled', true, 'ready', ready);
    sent := null;
  end loop;
  return array_to_json(results);
end $$;

-- release_outboxes: gives leases back. A message that was begun and not settled is unknown from now on.
--   p         JSON text: OutboxRelease[]
--   result    by position: true when more can be sent at once, ring
--   caller    OutboxStore
create function workflows.release_outboxes(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  ready boolean[] := array_fill(false, array[json_array_length(p::json)]);
  item record;
begin
  if json_array_length(p::json) = 0 then return '[]'::json; end if;
  for item in
    select * from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "leaseToken" bigint))
      with ordinality
    order by "tenantId", "mailboxId"
  loop
    perform from outboxes o where o.tenant_id = item."tenantId" and o.mailbox_id = item."mailboxId"
      and o.lease_token = item."leaseToken" and o.lease_until is not null for no key update;
    continue when not found;
    perform workflows.abandon_sends(item."tenantId", item."mailboxId");
    perform workflows.rest_outbox(item."tenantId", item."mailboxId");
    ready[item.ordinality] := (select o.ready_at is not null from outboxes o
      where o.tenant_id = item."tenantId" and o.mailbox_id = item."mailboxId");
  end loop;
  return array_to_json(ready);
end $$;

-- abandon_sends: whoever was sending is gone, so nobody knows what became of it.
--   result    how many messages
--   callers   release_outboxes and sweep, with the outbox's row locked
create function workflows.abandon_sends(p_tenant uuid, p_mailbox uuid) returns int
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  abandoned int;
begin
  update effects f set state = 'unknown', changed_at = workflows.now()
  where f.tenant_id = p_tenant and f.mailbox_id = p_mailbox and f.kind = 'message' and f.state = 'sending';
  get diagnostics abandoned = row_count;
  return abandoned;
end $$;
