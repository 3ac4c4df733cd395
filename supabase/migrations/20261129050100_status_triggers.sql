-- Triggers of type channel.status: what becomes of a message may start a run. A receipt that changed something is written as
-- an event where its tenant has published such a trigger, and is then dispatched like any other event.
--   hears_statuses   kept with each publish, because the road may not read definitions and a receipt must stay cheap
alter table workflows.workflow_revisions add column hears_statuses boolean not null default false;

create or replace function workflows.show_to_events(p_version workflows.workflow_versions, p_webhook_triggers jsonb) returns void
language plpgsql set search_path = workflows, pg_temp as $$
begin
  update workflows w set name = left(coalesce(p_version.definition ->> 'name', w.name), 200),
    published_version = p_version.version, published_version_id = p_version.id, updated_at = workflows.now(),
    revision = w.revision + 1
  where w.tenant_id = current_tenant() and w.id = p_version.workflow_id;
  delete from webhook_endpoints e where e.tenant_id = current_tenant() and e.workflow_id = p_version.workflow_id
    and not coalesce(p_webhook_triggers, '[]') ? e.trigger_id;
  insert into webhook_endpoints (tenant_id, workflow_id, trigger_id)
  select current_tenant(), p_version.workflow_id, t from jsonb_array_elements_text(coalesce(p_webhook_triggers, '[]')) t
  on conflict do nothing;
  insert into workflow_revisions as r (tenant_id, revision) values (current_tenant(), 1)
  on conflict (tenant_id) do update set revision = r.revision + 1;
  -- After the lock of the revision's row, so that of two publishes the later one sees the other's version.
  update workflow_revisions r set hears_statuses = exists (
    select from workflows w join workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.published_version_id
    where w.tenant_id = current_tenant() and v.definition @> '{"triggers": [{"type": "channel.status"}]}')
  where r.tenant_id = current_tenant();
end $$;

-- is_by_status: whether a run was started by a status, or is called, over however many calls, by one that was. What such a
-- run says starts nothing, or it would start itself for ever.
--   callers   tell_status, start_call
create function workflows.is_by_status(p_tenant uuid, p_execution uuid) returns boolean
language sql stable set search_path = workflows, pg_temp as $$
  select exists (select from executions e where e.tenant_id = p_tenant and e.id = p_execution
    and (e.state #>> '{event,type}' = 'channel.status' or e.state ? 'byStatus'))
$$;

-- start_call, anew: a called run knows when a status has started its caller. The start letter of a called run; or, when there is such a run and it has ended already (its caller failed
-- and goes on again), the letter that tells its caller so.
--   p_call    the write (libs/core/src/machine/write.ts)
--   caller    apply_write
create or replace function workflows.start_call(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_call jsonb) returns void
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  child constant text := p_call ->> 'executionId';
  waits constant boolean := (p_call ->> 'waits')::boolean;
  past executions;
  calling executions;
begin
  select e.* into past from executions e where e.tenant_id = p_tenant and e.id = child::uuid;
  if found then
    if waits and past.ended_at is not null then
      select e.* into calling from executions e where e.tenant_id = p_tenant and e.id = p_execution;
      perform post_letter(p_tenant, p_mailbox, 'answer:' || child || ':' || p_step || ':' || calling.revision, 'signal',
        jsonb_build_object('executionId', p_execution, 'step', p_step, 'name', 'call.ended', 'data', jsonb_build_object(
          'runId', child, 'status', past.status, 'reason', coalesce(past.reason, ''), 'result', past.state -> 'output',
          'error', past.state #> '{error,code}')));
    end if;
    return;
  end if;
  perform post_letter(p_tenant, p_mailbox, 'start:' || child, 'start', jsonb_build_object(
      'executionId', child, 'workflowId', p_call ->> 'workflowId', 'versionId', p_call ->> 'versionId',
      'trigger', p_call ->> 'trigger', 'depth', p_call -> 'depth',
      'event', jsonb_build_object('id', child, 'trigger', p_call ->> 'trigger', 'type', 'call', 'input', p_call -> 'input'))
    || case when is_by_status(p_tenant, p_execution) then '{"byStatus": true}'::jsonb else '{}' end
    || case when waits then jsonb_build_object('caller', jsonb_build_object('executionId', p_execution, 'step', p_step)) else '{}' end);
end $$;

-- tell_status: writes what became of a message as an event, where somebody has published a trigger for it.
--   p_status   delivered, read or failed; nothing is written of others
--   caller     apply_receipt, when the receipt has changed the message
create function workflows.tell_status(p_message workflows.effects, p_status text, p_failure jsonb) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  if p_status not in ('delivered', 'read', 'failed')
    or not exists (select from workflow_revisions r where r.tenant_id = p_message.tenant_id and r.hears_statuses)
    or workflows.is_by_status(p_message.tenant_id, p_message.execution_id) then
    return;
  end if;
  insert into tenant_events (tenant_id, id, name, key, data, source)
  select p_message.tenant_id, gen_random_uuid(), '$message.status', null,
    jsonb_strip_nulls(jsonb_build_object('messageId', p_message.provider_id, 'status', p_status,
      'runId', (select e.id from executions e where e.tenant_id = p_message.tenant_id and e.id = p_message.execution_id),
      'errorCode', case when p_status = 'failed' then coalesce(p_failure ->> 'code', 'channel.undeliverable') end,
      'connectionId', c.connection_id, 'contactId', c.contact_id)),
    jsonb_build_object('executionId', p_message.execution_id)
  from conversations c where c.tenant_id = p_message.tenant_id and c.id = p_message.mailbox_id;
end $$;

create or replace function workflows.apply_receipt(p_tenant uuid, p_execution uuid, p_seq int, p_provider_id text,
  p_status text, p_at timestamptz, p_failure jsonb) returns boolean
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  before effects;
  after effects;
  notify text;
  answer jsonb;
begin
  select * into before from effects f
  where f.tenant_id = p_tenant and f.execution_id = p_execution and f.seq = p_seq for no key update;
  if coalesce(workflows.receipt_rank(before.receipt), 0) >= workflows.receipt_rank(p_status) then return false; end if;
  answer := case when p_status = 'failed'
    then jsonb_build_object('outcome', 'failed', 'failure', coalesce(p_failure, jsonb_build_object(
      'code', 'channel.undeliverable', 'kind', 'terminal', 'message', 'The provider reported that the message was not delivered.')))
    else jsonb_build_object('outcome', 'done', 'data',
      case when before.result ->> 'outcome' = 'done' and jsonb_typeof(before.result -> 'data') = 'object'
        then before.result -> 'data' else '{}'::jsonb end
      || jsonb_build_object('messageId', coalesce(before.provider_id, p_provider_id), 'status', p_status)) end;
  -- Whatever state it was in, the provider has it: an attempt that nobody heard of again is settled by this.
  update effects f set receipt = p_status, receipt_at = p_at, provider_id = coalesce(f.provider_id, p_provider_id), result = answer,
    state = case when p_status = 'failed' then 'failed' else 'sent' end,
    changed_at = workflows.now(), resend = false, not_before = null
  where f.tenant_id = p_tenant and f.execution_id = p_execution and f.seq = p_seq
  returning f.* into after;
  perform workflows.tell_status(after, p_status, p_failure);
  -- The run was told of a failure and went on: it is not told the opposite.
  if before.state = 'failed' then return false; end if;
  notify := after.effect ->> 'notify';
  if p_status = 'failed' or notify = 'accepted'
    or notify = 'delivered' and workflows.receipt_rank(p_status) >= workflows.receipt_rank('delivered') then
    return workflows.report_effect(after, answer);
  end if;
  return false;
end $$;

-- record_receipts: stores what providers report about messages, finds each by its reference or by the provider's id,
-- and keeps those that find nothing until the message's own settle comes.
--   p         JSON text: StatusReceipt[]
--   result    { mailboxes, outboxes, early, heard }: letters written, messages settled that others may wait for, kept, and
--             whether a tenant wants to know what became of its messages, so that an event may have been written
--   caller    ReceiptStore
create or replace function workflows.record_receipts(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  receipt record;
  letters int := 0;
  settled int := 0;
  kept int := 0;
begin
  perform workflows.lock_providers(array(
    select r."tenantId" || ':' || r."providerId" from json_to_recordset(p::json) as r("tenantId" text, "providerId" text)));
  for receipt in
    select r.*, f.execution_id, f.seq, f.mailbox_id, f.state
    from rows from (json_to_recordset(p::json) as ("tenantId" uuid, "connectionId" uuid, "providerId" text, effect jsonb,
      status text, at timestamptz, failure jsonb)) with ordinality r
    left join lateral (
      -- A reference that leads to another connection's message is none.
      (select x.* from effects x where x.tenant_id = r."tenantId" and x.execution_id = (r.effect ->> 'executionId')::uuid
         and x.seq = (r.effect ->> 'seq')::int and x.connection_id = r."connectionId" and x.kind = 'message')
      union all
      (select x.* from effects x where x.tenant_id = r."tenantId" and x.connection_id = r."connectionId"
         and x.provider_id = r."providerId")
      limit 1) f on true
    order by r."tenantId", f.mailbox_id, r.ordinality
  loop
    if receipt.mailbox_id is null then
      insert into early_receipts (tenant_id, connection_id, provider_id, status, at, failure)
      values (receipt."tenantId", receipt."connectionId", receipt."providerId", receipt.status, receipt.at, receipt.failure)
      on conflict do nothing;
      kept := kept + 1;
      continue;
    end if;
    perform from mailboxes b where b.tenant_id = receipt."tenantId" and b.id = receipt.mailbox_id for no key update;
    perform from outboxes o where o.tenant_id = receipt."tenantId" and o.mailbox_id = receipt.mailbox_id for no key update;
    if workflows.apply_receipt(receipt."tenantId", receipt.execution_id, receipt.seq, receipt."providerId", receipt.status,
      receipt.at, receipt.failure) then
      letters := letters + 1;
    end if;
    if receipt.state in ('intent', 'sending', 'unknown') then
      settled := settled + 1;
      perform workflows.refresh_outbox(receipt."tenantId", receipt.mailbox_id);
    end if;
  end loop;
  return json_build_object('mailboxes', letters, 'outboxes', settled, 'early', kept,
    'heard', exists (select from json_to_recordset(p::json) as r("tenantId" uuid)
      join workflow_revisions v on v.tenant_id = r."tenantId" where v.hears_statuses));
end $$;

grant create on schema workflows to wf_road;
alter function workflows.is_by_status(uuid, uuid) owner to wf_road;
alter function workflows.tell_status(workflows.effects, text, jsonb) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
