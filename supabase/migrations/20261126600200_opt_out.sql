-- Opt-out: a contact's word stops everything, in one commit. And messages that no run sends: the engine's confirmation of it.
grant create on schema workflows to wf_road;

-- Rules of a tenant's conversations (libs/core/src/conversation/rules.ts): words of opt-out and opt-in, and what follows.
alter table workflows.tenants add column rules jsonb not null default '{}';
grant update (rules) on workflows.tenants to wf_app;

create or replace function workflows.tenant_json(t workflows.tenants) returns json
language sql stable as $$
  select json_build_object('id', t.tenant_id, 'slug', t.slug, 'name', t.name, 'timezone', t.timezone, 'locale', t.locale,
    'settings', t.settings, 'rules', t.rules, 'createdAt', workflows.iso(t.created_at))
$$;

-- put_conversation_rules: replaces the rules of the tenant. The caller has checked them.
create function workflows.put_conversation_rules(p_rules text) returns json
language sql set search_path = workflows, pg_temp as $$
  update tenants t set rules = p_rules::jsonb where t.tenant_id = current_tenant() returning t.rules::json
$$;

-- When the contact last opted out: runs that it started afterwards may speak.
alter table workflows.contacts add column opted_out_at timestamptz;
update workflows.contacts set opted_out_at = workflows.now() where opted_out;

-- note_opt_out: a trigger, because whoever opts a contact out must not have to know of the instant.
create function workflows.note_opt_out() returns trigger
language plpgsql set search_path = workflows, pg_temp as $$
begin
  new.opted_out_at := case when new.opted_out then workflows.now() end;
  return new;
end $$;
create trigger contacts_note_opt_out before update of opted_out on workflows.contacts
  for each row when (old.opted_out is distinct from new.opted_out) execute function workflows.note_opt_out();
create trigger contacts_note_first_opt_out before insert on workflows.contacts
  for each row when (new.opted_out) execute function workflows.note_opt_out();

-- A message that no run has sent stands in the journal under its conversation's id, with its author. The foreign key to a
-- run goes for it; a run's effects are written by the commit that writes the run, and by nothing else.
alter table workflows.effects drop constraint effects_tenant_id_execution_id_fkey;
alter table workflows.effects add column author text;
alter table workflows.effects add constraint effects_author_has_no_run check (author is null or execution_id = mailbox_id);

-- say: journals a message that no run sends.
--   p_message  OutboundMessage;  p_author  who speaks: engine, or a person;  p_key  one message for each key
--   result     its number in the journal of the conversation; null when the key was used before
--   callers    functions of the road, with the mailbox's row locked and the outbox made ready
create function workflows.say(p_tenant uuid, p_conversation uuid, p_message jsonb, p_author text, p_key text) returns int
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  place int;
begin
  perform from effects f where f.tenant_id = p_tenant and f.execution_id = p_conversation and f.idempotency_key = p_key;
  if found then return null; end if;
  insert into effects (tenant_id, execution_id, seq, mailbox_id, connection_id, node, step, kind, effect, idempotency_key,
    state, author)
  select p_tenant, p_conversation, coalesce((select max(f.seq) from effects f
      where f.tenant_id = p_tenant and f.execution_id = p_conversation), 0) + 1,
    p_conversation, v.connection_id, '', 0, 'message',
    jsonb_build_object('kind', 'message', 'message', p_message, 'onUnknown', 'resend', 'notify', 'never'), p_key, 'intent', p_author
  from conversations v where v.tenant_id = p_tenant and v.id = p_conversation
  returning seq into place;
  return place;
end $$;

-- apply_mailbox_write: what a commit writes beside its runs.
--   p_write   MailboxWrite (libs/ports/src/road.ts)
--   caller    commit_mailboxes, with mailbox and outbox locked
create function workflows.apply_mailbox_write(p_tenant uuid, p_mailbox uuid, p_write json) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  contact uuid;
begin
  case p_write ->> 'type'
    when 'consent' then
      select v.contact_id into contact from conversations v where v.tenant_id = p_tenant and v.id = p_mailbox;
      update contacts c set opted_out = (p_write ->> 'optedOut')::boolean
      where c.tenant_id = p_tenant and c.id = contact and c.opted_out <> (p_write ->> 'optedOut')::boolean;
      if (p_write ->> 'optedOut')::boolean then
        -- Also of runs that have ended meanwhile. What may have reached the contact is not sent a second time.
        update effects f set state = case f.state when 'intent' then 'withdrawn' else 'held' end, resend = false,
          changed_at = workflows.now()
        where f.tenant_id = p_tenant and f.mailbox_id = p_mailbox and f.kind = 'message'
          and f.state in ('intent', 'unknown') and f.author is null;
      end if;
    when 'say' then
      perform workflows.say(p_tenant, p_mailbox, (p_write -> 'message')::jsonb, p_write ->> 'author', p_write ->> 'key');
  end case;
end $$;

-- is_unwanted: may this message of a run not be sent to a contact who has opted out? Templates, and whatever a run says that
-- the contact did not start afterwards. People, and the engine's own confirmation, may speak.
--   caller    claim_outboxes, only for contacts who have opted out
create function workflows.is_unwanted(p_tenant uuid, p_execution uuid, p_effect jsonb, p_opted_out_at timestamptz)
returns boolean
language sql stable set search_path = workflows, pg_temp as $$
  select p_effect -> 'message' ->> 'type' = 'template'
    or not exists (select from executions e where e.tenant_id = p_tenant and e.id = p_execution
      and e.started_at > p_opted_out_at and e.state -> 'event' ->> 'type' in ('channel.message', 'channel.postback',
        'channel.comment', 'channel.story'))
$$;

-- claim_outboxes: leases a fair batch of conversations that have something to send, with their messages in order.
--   p_limit      how many conversations;  p_lease_ms  length of the lease;  p_after  as in claim_mailboxes
--   result       OutboundClaim; at most 20 messages each, up to the first one that must wait
--   caller       OutboxStore
create or replace function workflows.claim_outboxes(p_limit int, p_lease_ms int, p_after text) returns json
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
    select v.connection_id, v.last_inbound_at, p.opted_out, p.opted_out_at,
      (select n.channel from connections n where n.tenant_id = v.tenant_id and n.id = v.connection_id) as channel,
      (select coalesce(json_agg(json_build_object('kind', a.kind, 'value', a.value) order by a.created_at, a.kind), '[]'::json)
       from contact_aliases a where a.tenant_id = v.tenant_id and a.contact_id = v.contact_id
         and a.connection_id = v.connection_id) as aliases
    from conversations v
    -- offset 0: one key lookup each, never a join that could be turned round
    cross join lateral (select k.opted_out, k.opted_out_at from contacts k
      where k.tenant_id = v.tenant_id and k.id = v.contact_id offset 0) p
    where v.tenant_id = c.tenant and v.id = c.box) v
  cross join lateral (
    select json_agg(json_build_object('executionId', f.execution_id, 'seq', f.seq, 'effect', f.effect, 'attempt', f.attempt + 1,
      'resend', f.resend, 'optedOut', v.opted_out and f.author is null
        and workflows.is_unwanted(f.tenant_id, f.execution_id, f.effect, v.opted_out_at)) order by f.position) as items
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

alter function workflows.note_opt_out() owner to wf_road;
alter function workflows.say(uuid, uuid, jsonb, text, text) owner to wf_road;
alter function workflows.apply_mailbox_write(uuid, uuid, json) owner to wf_road;
alter function workflows.is_unwanted(uuid, uuid, jsonb, timestamptz) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.put_conversation_rules(text) to wf_app;
