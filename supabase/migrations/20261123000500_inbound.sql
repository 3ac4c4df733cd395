-- The inbound door of the road.
grant create on schema workflows to wf_road;

-- derived_id: an id that everybody who knows the parts arrives at, so that concurrent upserts meet on one row.
create function workflows.derived_id(variadic parts text[]) returns uuid
language sql immutable as $$ select pg_catalog.md5(pg_catalog.array_to_string(parts, chr(31)))::uuid $$;

-- resolve_contacts: finds or makes the contact and the conversation of each item that has one.
--   p         JSON text: AcceptItem[], as in accept
--   result    by position: the conversation's id, or null for an item without a contact
--   caller    accept, within its transaction
-- A contact has several names and a message may carry any of them. Known names cost one lookup for the whole batch.
-- For the others the names are locked first, in one order, so that two batches with the same new contact make one.
create function workflows.resolve_contacts(p text) returns uuid[]
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  found uuid[] := '{}';
  item record;
  resolved uuid;
begin
  perform pg_advisory_xact_lock(lock_key) from (
    select distinct hashtextextended(i."tenantId" || ':' || coalesce(i."connectionId", i.contact ->> 'connectionId')
      || ':' || (a ->> 'kind') || ':' || (a ->> 'value'), 1) as lock_key
    from json_to_recordset(p::json) as i("tenantId" text, "connectionId" text, aliases jsonb, contact jsonb)
    cross join lateral jsonb_array_elements(coalesce(i.aliases, i.contact -> 'aliases')) a
    -- Subqueries with a limit, here and below: a join could be turned round, and would then read all names of a connection.
    where (select true from contact_aliases known where known.tenant_id = i."tenantId"::uuid
      and known.connection_id = coalesce(i."connectionId", i.contact ->> 'connectionId')::uuid
      and known.kind = a ->> 'kind' and known.value = a ->> 'value' limit 1) is null
    order by 1) keys;

  for item in
    select i.ordinality as n, i."tenantId" as tenant, coalesce(i."connectionId", (i.contact ->> 'connectionId')::uuid) as connection,
      coalesce(i.aliases, i.contact -> 'aliases') as aliases, coalesce(i.name, i.contact ->> 'name', '') as name,
      (select jsonb_agg(known.contact_id) from jsonb_array_elements(coalesce(i.aliases, i.contact -> 'aliases'))
         with ordinality a(alias, place)
       cross join lateral (select c.contact_id from contact_aliases c where c.tenant_id = i."tenantId"
         and c.connection_id = coalesce(i."connectionId", (i.contact ->> 'connectionId')::uuid)
         and c.kind = alias ->> 'kind' and c.value = alias ->> 'value' limit 1) known) as known
    from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "connectionId" uuid, aliases jsonb, name text, contact jsonb))
      with ordinality i
    order by i.ordinality
  loop
    continue when item.aliases is null or jsonb_array_length(item.aliases) = 0;
    if jsonb_array_length(coalesce(item.known, '[]')) = jsonb_array_length(item.aliases) then
      resolved := (item.known ->> 0)::uuid;
    else
      resolved := workflows.add_contact(item.tenant, item.connection, item.aliases, item.name);
    end if;
    -- A profile name fills an empty one; a name that somebody gave is not overwritten.
    if item.name <> '' then
      update contacts c set name = item.name where c.tenant_id = item.tenant and c.id = resolved and c.name = '';
    end if;
    found[item.n] := resolved;
  end loop;
  return found;
end $$;

-- add_contact: gives all names to one contact: the one that the first known name leads to, or a new one.
--   result    the contact's id
--   caller    resolve_contacts, with the names locked
create function workflows.add_contact(p_tenant uuid, p_connection uuid, p_aliases jsonb, p_name text) returns uuid
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  contact uuid;
begin
  select c.contact_id into contact
  from jsonb_array_elements(p_aliases) with ordinality a(alias, place)
  cross join lateral (select k.contact_id from contact_aliases k where k.tenant_id = p_tenant
    and k.connection_id = p_connection and k.kind = alias ->> 'kind' and k.value = alias ->> 'value' limit 1) c
  order by a.place limit 1;
  if contact is null then
    contact := derived_id('contact', p_tenant::text, p_connection::text, p_aliases -> 0 ->> 'kind', p_aliases -> 0 ->> 'value');
    insert into contacts (tenant_id, id, name) values (p_tenant, contact, p_name) on conflict do nothing;
  end if;
  insert into contact_aliases (tenant_id, connection_id, kind, value, contact_id)
  select p_tenant, p_connection, a ->> 'kind', a ->> 'value', contact from jsonb_array_elements(p_aliases) a
  on conflict do nothing;
  return contact;
end $$;

-- accept: stores a batch of events and makes their mailboxes ready. What it has seen before it drops.
--   p         JSON text: AcceptItem[] (libs/ports/src/road.ts)
--   result    by position: { outcome: stored, mailboxId } | { outcome: duplicate } | { outcome: not_found }
--   caller    InboundStore, one call in flight per process; the 200 goes out after it returns
create function workflows.accept(p text) returns json
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
        when 'cancel' then 'cancel:' || i.dedupe end as dedupe,
      case i.kind
        when 'message' then jsonb_build_object('message', i.message)
        when 'start' then i.start
        when 'cancel' then jsonb_build_object('executionId', i."executionId", 'reason', i.reason, 'by', i.by) end as body,
      case when i.kind = 'message' and (i.message ->> 'opensWindow') is null
        then least((i.message ->> 'at')::timestamptz, workflows.now()) end as inbound_at
    from rows from (json_to_recordset(p::json) as (kind text, "tenantId" uuid, "connectionId" uuid, "executionId" uuid,
      dedupe text, message jsonb, start jsonb, contact jsonb, reason text, by text)) with ordinality i),
  -- offset 0 keeps the key lookups where they are
  addressed as materialized (
    select i.*, case
      when i.kind = 'cancel' then coalesce(
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

-- find_connections: which tenant an account of a channel belongs to. Disabled connections are not found.
--   p_channel, p_accounts   the channel, and a JSON text array of the provider's account ids
--   result    ConnectionRoute[]
--   caller    ConnectionStore, when a webhook names an account that the process does not know yet
create function workflows.find_connections(p_channel text, p_accounts text) returns json
language sql stable security definer set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('tenantId', c.tenant_id, 'connectionId', c.id, 'channel', c.channel,
    'account', c.account)), '[]'::json)
  from connections c
  where c.channel = p_channel and c.status = 'active'
    and c.account in (select json_array_elements_text(p_accounts::json))
$$;

-- find_webhook_endpoint: what an unguessable webhook address leads to.
--   result    { tenantId, workflowId, versionId, trigger }, or null: unknown address or nothing published
--   caller    WorkflowStore, for the webhook door
create function workflows.find_webhook_endpoint(p_id text) returns json
language sql stable security definer set search_path = workflows, pg_temp as $$
  select json_build_object('tenantId', e.tenant_id, 'workflowId', e.workflow_id, 'versionId', w.published_version_id,
    'trigger', e.trigger_id)
  from webhook_endpoints e
  join workflows w on w.tenant_id = e.tenant_id and w.id = e.workflow_id
  where e.id::text = p_id and w.published_version_id is not null
$$;

-- workflow_revisions: how often each tenant has published, for caches of compiled workflows.
--   p         JSON text: array of tenant ids
--   result    { tenant id: revision }; a tenant that never published is 0
--   caller    WorkflowStore, once per claim
create function workflows.workflow_revisions(p text) returns json
language sql stable security definer set search_path = workflows, pg_temp as $$
  select coalesce(json_object_agg(t.id, coalesce((select r.revision from workflow_revisions r where r.tenant_id = t.id::uuid), 0)), '{}'::json)
  from (select distinct json_array_elements_text(p::json) as id) t
$$;

alter function workflows.resolve_contacts(text) owner to wf_road;
alter function workflows.add_contact(uuid, uuid, jsonb, text) owner to wf_road;
alter function workflows.accept(text) owner to wf_road;
alter function workflows.find_connections(text, text) owner to wf_road;
alter function workflows.find_webhook_endpoint(text) owner to wf_road;
alter function workflows.workflow_revisions(text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.derived_id(text[]) to wf_road;
grant execute on function workflows.accept(text), workflows.find_connections(text, text),
  workflows.find_webhook_endpoint(text), workflows.workflow_revisions(text) to wf_app;
