-- A run that is cancelled while its worker waits for a service must not wait for that service.
grant create on schema workflows to wf_road;

-- unread_cancels: the cancel that each of these runs has been ordered and has not read yet.
--   p         JSON text: { tenantId, mailboxId, executionId }[], runs with calls under way, of all tenants
--   result    by position: { order, by } as in the letter, or null
--   caller    OrderStore, about once a second while a process has calls under way
create function workflows.unread_cancels(p text) returns json
language sql stable security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
  select coalesce(json_agg((
      select json_build_object('order', l.body -> 'order', 'by', l.body ->> 'by')
      from mail l
      where l.tenant_id = r."tenantId" and l.mailbox_id = r."mailboxId"
        and l.seq > (select b.consumed from mailboxes b where b.tenant_id = r."tenantId" and b.id = r."mailboxId")
        and l.kind = 'order' and l.body ->> 'executionId' = r."executionId" and l.body #>> '{order,type}' = 'cancel'
      order by l.seq limit 1) order by r.ordinality), '[]'::json)
  from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "mailboxId" uuid, "executionId" text)) with ordinality r
$$;

alter function workflows.unread_cancels(text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.unread_cancels(text) to wf_app;
