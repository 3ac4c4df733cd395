-- Runs of one session that belong to no contact share a mailbox, which is named by whoever starts them.

-- accept: stores a batch of events and makes their mailboxes ready. What it has seen before it drops.
--   p         JSON text: AcceptItem[] (libs/ports/src/road.ts)
--   result    by position: { outcome: stored, mailboxId } | { outcome: duplicate } | { outcome: not_found }
--   caller    InboundStore, one call in flight per process; the 200 goes out after it returns
create or replace function workflows.accept(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = on set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  -- Webhooks without a contact need none, and the look for one is half of what accepting costs.
  contacts uuid[] := case when exists (select from json_to_recordset(p::json) as i(aliases json, contact json)
    where i.aliases is not null or i.contact is not null) then workflows.resolve_contacts(p) end;
  answer json;
begin
  with item as materialized (
    select i.ordinality as n, i.kind, i."tenantId" as tenant, contacts[i.ordinality] as contact,
      coalesce(i."connectionId", (i.contact ->> 'connectionId')::uuid) as connection, i."executionId" as execution,
      i."mailboxId" as session,
      case i.kind
        when 'message' then 'message:' || i.dedupe
        when 'echo' then 'echo:' || i.dedupe
        when 'start' then 'start:' || i."executionId"
        when 'cancel' then 'cancel:' || i.dedupe
        when 'signal' then 'signal:' || i.dedupe
        when 'order' then 'order:' || i."executionId" || ':' || i.dedupe end as dedupe,
      case i.kind
        when 'message' then jsonb_build_object('message', i.message)
        when 'echo' then jsonb_build_object('message', i.message)
        when 'start' then i.start
        when 'cancel' then jsonb_build_object('executionId', i."executionId", 'reason', i.reason, 'by', i.by)
        when 'signal' then jsonb_build_object('executionId', i."executionId", 'step', i.step, 'name', i.name,
          'data', coalesce(i.data, 'null'::jsonb))
        when 'order' then jsonb_build_object('executionId', i."executionId", 'order', i."order", 'by', i.by) end as body,
      case when i.kind = 'message' and (i.message ->> 'opensWindow') is null
        then least((i.message ->> 'at')::timestamptz, workflows.now()) end as inbound_at
    from rows from (json_to_recordset(p::json) as (kind text, "tenantId" uuid, "connectionId" uuid, "executionId" uuid,
      dedupe text, message jsonb, start jsonb, contact jsonb, reason text, by text,
      step int, name text, data jsonb, "order" jsonb, "mailboxId" uuid)) with ordinality i),
  -- offset 0 keeps the key lookups where they are
  addressed as materialized (
    select i.*, case
      when i.kind in ('cancel', 'signal', 'order') then coalesce(
        (select e.mailbox_id from executions e where e.tenant_id = i.tenant and e.id = i.execution),
        (select l.mailbox_id from mail l where l.tenant_id = i.tenant and l.dedupe = 'start:' || i.execution))
      when i.contact is not null then derived_id('conversation', i.tenant::text, i.connection::text, i.contact::text)
      when i.kind = 'start' then coalesce(i.session, i.execution) end as mailbox
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
