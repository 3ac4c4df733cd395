-- A run that failed and goes on again wants of people what its branches wanted before: their tasks open again.
grant create on schema workflows to wf_road;

-- open_task: the task of a step, unless the run has left the step within the same commit. A step that waits has had no
-- decision, so a task of it that is closed was closed with the run, or decided when nobody could be told any more.
--   p_task    the write (libs/core/src/machine/write.ts)
--   caller    apply_write
create or replace function workflows.open_task(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_task jsonb)
returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  insert into tasks as x (tenant_id, id, kind, queue, title, details, execution_id, step, node, mailbox_id, conversation_id,
    contact_id, due_at, priority)
  select p_tenant, derived_id('task', p_execution::text, p_step::text), p_task ->> 'kind', p_task ->> 'queue',
    p_task ->> 'title', p_task -> 'details', p_execution, p_step, t.token ->> 'node', p_mailbox, e.conversation_id,
    e.contact_id, (p_task ->> 'due')::timestamptz, coalesce((p_task ->> 'priority')::int, 0)
  from executions e cross join lateral jsonb_array_elements(e.state -> 'tokens') t(token)
  where e.tenant_id = p_tenant and e.id = p_execution and (t.token ->> 'step')::int = p_step
  on conflict (tenant_id, id) do update set status = 'open', due_at = excluded.due_at, decided_at = null, decided_by = null,
    decided_via = null, comment = null
  where x.status <> 'open';
  if found then
    update executions e set has_tasks = true where e.tenant_id = p_tenant and e.id = p_execution and not e.has_tasks;
  end if;
end $$;

-- decide_task: decides on an open task and tells its run. Each opening can be decided once.
--   p_decision  approved or rejected;  result  Task;  caller  TaskStore
create or replace function workflows.decide_task(p_id uuid, p_decision text, p_comment text, p_by text, p_via text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  tenant constant uuid := current_tenant();
  task tasks;
begin
  select * into task from tasks t where t.tenant_id = tenant and t.id = p_id;
  if not found then perform refuse('not_found', 'There is no such task. Check the id, and that the key belongs to the right tenant.'); end if;
  -- The mailbox first, as everywhere: from here no commit can close the task.
  perform from mailboxes b where b.tenant_id = tenant and b.id = task.mailbox_id for no key update;
  select * into task from tasks t where t.tenant_id = tenant and t.id = p_id for no key update;
  if task.status = p_decision then return task_json(task); end if;
  if task.status <> 'open' then
    perform refuse('conflict', format('The task is already %s%s, so it can no longer be %s.', task.status, coalesce(' by ' || task.decided_by, ''), p_decision));
  end if;
  if task.due_at <= workflows.now() then
    perform refuse('conflict', format('The time for this task was over at %s; its run goes on without a decision.', iso(task.due_at)));
  end if;
  update tasks t set status = p_decision, decided_at = workflows.now(), decided_by = p_by, decided_via = p_via, comment = p_comment
  where t.tenant_id = tenant and t.id = p_id returning * into task;
  perform workflows.post_letter(tenant, task.mailbox_id, 'signal:task:' || task.id || ':' || iso(task.decided_at), 'signal', jsonb_build_object(
    'executionId', task.execution_id, 'step', task.step, 'name', 'decision', 'data', jsonb_strip_nulls(jsonb_build_object(
      'decision', p_decision, 'by', p_by, 'comment', p_comment, 'at', iso(task.decided_at)))));
  return task_json(task);
end $$;

-- give_back_conversation: people are done with a conversation; what waits for them in it goes on.
create or replace function workflows.give_back_conversation(p_id uuid, p_how text, p_note text, p_by text, p_via text, p_key text) returns void
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  tenant constant uuid := current_tenant();
  box mailboxes;
  task tasks;
  handoffs int := 0;
begin
  select * into box from mailboxes b where b.tenant_id = tenant and b.id = p_id
    and exists (select from conversations v where v.tenant_id = tenant and v.id = p_id) for no key update;
  if not found then perform refuse('not_found', 'There is no such conversation. Check the id, and that the key belongs to the right tenant.'); end if;
  for task in
    update tasks t set status = p_how, decided_at = workflows.now(), decided_by = p_by, decided_via = p_via, comment = nullif(p_note, '')
    where t.tenant_id = tenant and t.conversation_id = p_id and t.kind = 'handoff' and t.status = 'open' returning *
  loop
    handoffs := handoffs + 1;
    perform workflows.post_letter(tenant, p_id, 'signal:task:' || task.id || ':' || iso(task.decided_at), 'signal', jsonb_build_object(
      'executionId', task.execution_id, 'step', task.step, 'name', case p_how when 'closed' then 'closed' else 'back' end,
      'data', jsonb_build_object('by', p_by, 'note', p_note)));
  end loop;
  if handoffs = 0 and p_how = 'closed' then
    perform refuse('conflict', 'No run has handed this conversation off, so there is nothing to close. Hand it back if a person has taken it over.');
  end if;
  if handoffs = 0 and box.taken_by is null and not exists (select from mail l
      where l.tenant_id = tenant and l.mailbox_id = p_id and l.seq > box.consumed and l.kind in ('people', 'echo')) then
    perform refuse('conflict', 'Nobody has this conversation, so it cannot be handed back.');
  end if;
  perform workflows.post_letter(tenant, p_id, 'people:' || p_key, 'people', jsonb_build_object('what', 'given_back', 'by', p_by));
end $$;

revoke create on schema workflows from wf_road;
