-- Runs that call others. The called run lives in the mailbox of its caller, so it has the same contact and conversation,
-- the two never act at the same time, and what one tells the other is a letter written by its own commit.
grant create on schema workflows to wf_road;

-- start_call: the start letter of a called run; or, when there is such a run and it has ended already (its caller failed
-- and goes on again), the letter that tells its caller so.
--   p_call    the write (libs/core/src/machine/write.ts)
--   caller    apply_write
create function workflows.start_call(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_call jsonb) returns void
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
    || case when waits then jsonb_build_object('caller', jsonb_build_object('executionId', p_execution, 'step', p_step)) else '{}' end);
end $$;

-- end_call: nobody waits for the called run any more, so it is cancelled, unless it has ended.
--   caller    apply_write
create function workflows.end_call(p_tenant uuid, p_mailbox uuid, p_child uuid) returns void
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
begin
  perform from executions e where e.tenant_id = p_tenant and e.id = p_child and e.ended_at is not null;
  if found then return; end if;
  perform post_letter(p_tenant, p_mailbox, 'cancel:call:' || p_child, 'cancel',
    jsonb_build_object('executionId', p_child, 'reason', 'caller_left', 'by', 'engine'));
end $$;

-- answer_call: a called run has ended, and tells the step that called it. One letter for each end.
--   p_answer  { executionId, step, data }
--   caller    apply_write
create function workflows.answer_call(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_answer jsonb) returns void
language plpgsql set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  child executions;
begin
  select e.* into child from executions e where e.tenant_id = p_tenant and e.id = p_execution;
  perform post_letter(p_tenant, p_mailbox, 'answer:' || p_execution || ':end:' || child.revision, 'signal', jsonb_build_object(
    'executionId', p_answer -> 'executionId', 'step', p_answer -> 'step', 'name', 'call.ended', 'data', p_answer -> 'data'));
end $$;

alter function workflows.start_call(uuid, uuid, uuid, int, jsonb) owner to wf_road;
alter function workflows.end_call(uuid, uuid, uuid) owner to wf_road;
alter function workflows.answer_call(uuid, uuid, uuid, jsonb) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
