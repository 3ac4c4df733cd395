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
--   caller    commit_mailboxes, which the next migration teaches to
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

alter function workflows.apply_write(uuid, uuid, uuid, int, jsonb) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
