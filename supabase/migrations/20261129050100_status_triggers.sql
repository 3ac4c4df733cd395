-- Triggers of type channel.status: what becomes of a message may start a run. A receipt that changed something is written as
-- an event where its tenant has published such a trigger, and is then dispatched like any other event.
grant create on schema workflows to wf_road;

-- hears_statuses: whether the tenant has published such a trigger. Found out with each publish, because the road may not read
-- definitions and a receipt must stay cheap.
alter table workflows.workflow_revisions add column hears_statuses boolean not null default false;

-- By the lock of the revision's row, the later one of two publishes sees the other's version.
create function workflows.note_hearing() returns trigger
language plpgsql set search_path = workflows, pg_temp as $$
begin
  new.hears_statuses := exists (
    select from workflows w join workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.published_version_id
    where w.tenant_id = new.tenant_id and v.definition @> '{"triggers": [{"type": "channel.status"}]}');
  return new;
end $$;
create trigger workflow_revisions_note_hearing before insert or update of revision on workflows.workflow_revisions
  for each row execute function workflows.note_hearing();

-- is_by_status: whether a run was started by a status, or is called, over however many calls, by one that was. What such a
-- run says starts nothing, or it would start itself for ever.
--   callers   tell_status, start_call
create function workflows.is_by_status(p_tenant uuid, p_execution uuid) returns boolean
language sql stable set search_path = workflows, pg_temp as $$
  select exists (select from executions e where e.tenant_id = p_tenant and e.id = p_execution
    and (e.state #>> '{event,type}' = 'channel.status' or e.state ? 'byStatus'))
$$;

-- tell_status: writes what became of a message as an event, where somebody has published a trigger for it. Receipts only
-- climb, so each is told once. Nobody rings: workers look for events by themselves, once per SWEEP_INTERVAL.
create function workflows.tell_status() returns trigger
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  if exists (select from workflow_revisions r where r.tenant_id = new.tenant_id and r.hears_statuses)
    and not is_by_status(new.tenant_id, new.execution_id) then
    insert into tenant_events (tenant_id, id, name, key, data, source)
    select new.tenant_id, gen_random_uuid(), '$message.status', null,
      jsonb_strip_nulls(jsonb_build_object('messageId', new.provider_id, 'status', new.receipt,
        'runId', (select e.id from executions e where e.tenant_id = new.tenant_id and e.id = new.execution_id),
        'errorCode', new.result #>> '{failure,code}', 'connectionId', c.connection_id, 'contactId', c.contact_id)),
      jsonb_build_object('executionId', new.execution_id)
    from conversations c where c.tenant_id = new.tenant_id and c.id = new.mailbox_id;
  end if;
  return null;
end $$;
create trigger effects_tell_status after update of receipt on workflows.effects for each row
  when (new.receipt in ('delivered', 'read', 'failed') and new.receipt is distinct from old.receipt)
  execute function workflows.tell_status();

-- A called run knows when a status has started its caller: a detached call leaves no other trace. Of the function that writes
-- its start letter only this changes, so it is taken as it stands.
do $$
declare
  before constant text := '|| case when waits then';
  starter regprocedure;
begin
  select p.oid into strict starter from pg_proc p
  where p.pronamespace = 'workflows'::regnamespace and p.proname = 'start_call' and position(before in p.prosrc) > 0;
  execute replace(pg_get_functiondef(starter), before,
    '|| case when is_by_status(p_tenant, p_execution) then ''{"byStatus": true}''::jsonb else ''{}'' end ' || before);
end $$;

alter function workflows.is_by_status(uuid, uuid) owner to wf_road;
alter function workflows.tell_status() owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
