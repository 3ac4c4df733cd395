-- A cancelled run sends nothing more, whatever becomes of the message that is on its way at that moment. Until now one that
-- the provider refused for the moment, or whose fate nobody knew, was tried again after the cancellation.
grant create on schema workflows to wf_road;

--   recalled   its run was cancelled while it was being sent: it is not tried again
alter table workflows.effects add column recalled boolean not null default false;

-- keep_recalled: what was to be tried again is not. A trigger, because it holds for every way in which a message can come
-- back: a refusal, an answer that did not come, a worker that vanished.
create function workflows.keep_recalled() returns trigger
language plpgsql as $$
begin
  -- A refusal says that it was not sent. Otherwise it may have been, and a receipt may still tell.
  new.state := case when new.state = 'intent' then 'withdrawn' else 'held' end;
  new.resend := false;
  new.not_before := null;
  return new;
end $$;
create trigger effects_keep_recalled before update of state, resend on workflows.effects
  for each row when (new.recalled and (new.state = 'intent' or new.resend)) execute function workflows.keep_recalled();

-- take_back: the messages that a run has decided on before `p_first` and that are not sent are not sent any more.
--   p_first    the first effect that was decided on afterwards, as by a compensation, which goes out; null: none
--   caller     commit_mailboxes, with mailbox and outbox locked
create function workflows.take_back(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_first int) returns void
language plpgsql as $$
begin
  -- What may have reached the contact is not sent a second time.
  update workflows.effects f set changed_at = workflows.now(), resend = false, recalled = f.state = 'sending',
    state = case f.state when 'intent' then 'withdrawn' when 'unknown' then 'held' else f.state end
  where f.tenant_id = p_tenant and f.mailbox_id = p_mailbox and f.execution_id = p_execution and f.kind = 'message'
    and f.state in ('intent', 'sending', 'unknown') and (p_first is null or f.seq < p_first);
end $$;

-- Of commit_mailboxes only the withdrawal changes, so the rest is taken as it stands.
do $$
declare
  body text;
  old constant text := $old$      update effects f set state = 'withdrawn', changed_at = workflows.now()
      where f.tenant_id = one.tenant and f.mailbox_id = one.mailbox and f.execution_id = one.execution
        and f.kind = 'message' and f.state = 'intent'
        -- What was decided on after the withdrawal, as a compensation, goes out.
        and (one.first is null or f.seq < one.first);
$old$;
begin
  select pg_get_functiondef(p.oid) into strict body from pg_proc p
  where p.pronamespace = 'workflows'::regnamespace and p.proname = 'commit_mailboxes';
  if strpos(body, old) = 0 then raise exception 'commit_mailboxes does not withdraw as it did.'; end if;
  execute replace(body, old, $new$      perform workflows.take_back(one.tenant, one.mailbox, one.execution, one.first);
$new$);
end $$;

alter function workflows.keep_recalled() owner to wf_road;
alter function workflows.take_back(uuid, uuid, uuid, int) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
