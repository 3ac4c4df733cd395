-- Receipts: what the provider says later about a message, in any order and more than once.

-- receipt_rank: a message only ever climbs. A failure can follow `sent`; whatever was delivered did not fail.
create function workflows.receipt_rank(status text) returns int
language sql immutable as $$ select array_position(array['sent', 'failed', 'delivered', 'read', 'played'], status) $$;

-- apply_receipt: brings one receipt to its message.
--   p_failure   Failure, with status failed
--   result      true when a letter was written to the run's mailbox
--   callers     record_receipts and settle_sends, with mailbox and outbox locked
create function workflows.apply_receipt(p_tenant uuid, p_execution uuid, p_seq int, p_provider_id text, p_status text,
  p_at timestamptz, p_failure jsonb) returns boolean
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
--   result    { mailboxes, outboxes, early }: letters written, messages settled that others may wait for, and kept
--   caller    ReceiptStore
create function workflows.record_receipts(p text) returns json
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
  return json_build_object('mailboxes', letters, 'outboxes', settled, 'early', kept);
end $$;

alter function workflows.post_letter(uuid, uuid, text, text, jsonb) owner to wf_road;
alter function workflows.report_effect(workflows.effects, jsonb) owner to wf_road;
alter function workflows.rest_outbox(uuid, uuid) owner to wf_road;
alter function workflows.refresh_outbox(uuid, uuid) owner to wf_road;
alter function workflows.claim_outboxes(int, int, text) owner to wf_road;
alter function workflows.begin_sends(text) owner to wf_road;
alter function workflows.lock_providers(text[]) owner to wf_road;
alter function workflows.settle_sends(text) owner to wf_road;
alter function workflows.release_outboxes(text) owner to wf_road;
alter function workflows.abandon_sends(uuid, uuid) owner to wf_road;
alter function workflows.receipt_rank(text) owner to wf_road;
alter function workflows.apply_receipt(uuid, uuid, int, text, text, timestamptz, jsonb) owner to wf_road;
alter function workflows.record_receipts(text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.claim_outboxes(int, int, text), workflows.begin_sends(text), workflows.settle_sends(text),
  workflows.release_outboxes(text), workflows.record_receipts(text) to wf_app;
