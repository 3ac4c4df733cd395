-- What runs want of people: tasks in queues. A task lives as long as the step that waits for it.
grant create on schema workflows to wf_road;

-- Queues of a tenant, which nodes name. Who looks into which queue is the inbox's own matter.
create table workflows.queues (
  tenant_id uuid not null references workflows.tenants,
  name text not null check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  title text not null,
  created_at timestamptz not null default workflows.now(),
  primary key (tenant_id, name)
);

--   id        derived from run and step, so that a step has one task however often its commit is tried
--   queue     no foreign key: a run whose queue was deleted since still has to reach somebody
--   status    open; approved, rejected by a person; expired: the wait ran out of time; withdrawn: the run went on without it
--   decided_by, decided_via   the person, as the inbox names them, and the API key that spoke for them
create table workflows.tasks (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('approval')),
  queue text not null,
  title text not null,
  details jsonb not null,
  status text not null default 'open' check (status in ('open', 'approved', 'rejected', 'expired', 'withdrawn')),
  execution_id uuid not null,
  step int not null,
  node text not null,
  mailbox_id uuid not null,
  conversation_id uuid,
  contact_id uuid,
  due_at timestamptz,
  created_at timestamptz not null default workflows.now(),
  decided_at timestamptz,
  decided_by text,
  decided_via text,
  comment text,
  primary key (tenant_id, id),
  foreign key (tenant_id, execution_id) references workflows.executions (tenant_id, id),
  foreign key (tenant_id, mailbox_id) references workflows.mailboxes (tenant_id, id),
  foreign key (tenant_id, conversation_id) references workflows.conversations (tenant_id, id),
  foreign key (tenant_id, contact_id) references workflows.contacts (tenant_id, id)
);
create index tasks_open on workflows.tasks (tenant_id, execution_id) where status = 'open';
create index tasks_of_conversation on workflows.tasks (tenant_id, conversation_id) where status = 'open';
create index tasks_by_age on workflows.tasks (tenant_id, created_at, id);
create index tasks_of_queue on workflows.tasks (tenant_id, queue, status, created_at, id);

-- True once the run has opened a task: the others pay nothing for the closing of tasks.
alter table workflows.executions add column has_tasks boolean not null default false;

do $$
declare
  table_name text;
begin
  foreach table_name in array array['queues', 'tasks'] loop
    execute format('alter table workflows.%I enable row level security', table_name);
    execute format('alter table workflows.%I force row level security', table_name);
    execute format(
      'create policy tenant on workflows.%I for all to wf_app'
      ' using (tenant_id = (select workflows.current_tenant()))'
      ' with check (tenant_id = (select workflows.current_tenant()))', table_name);
  end loop;
end $$;
create policy road on workflows.tasks for all to wf_road using (true) with check (true);
grant select, insert, delete, update (title) on workflows.queues to wf_app;
grant select on workflows.tasks to wf_app;
grant select, insert, update on workflows.tasks to wf_road;

-- open_task: the task of a step, unless the run has left the step within the same commit.
--   p_task    the write (libs/core/src/machine/write.ts)
--   caller    apply_write
create function workflows.open_task(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_task jsonb) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  insert into tasks (tenant_id, id, kind, queue, title, details, execution_id, step, node, mailbox_id, conversation_id,
    contact_id, due_at)
  select p_tenant, derived_id('task', p_execution::text, p_step::text), p_task ->> 'kind', p_task ->> 'queue',
    p_task ->> 'title', p_task -> 'details', p_execution, p_step, t.token ->> 'node', p_mailbox, e.conversation_id,
    e.contact_id, (p_task ->> 'due')::timestamptz
  from executions e cross join lateral jsonb_array_elements(e.state -> 'tokens') t(token)
  where e.tenant_id = p_tenant and e.id = p_execution and (t.token ->> 'step')::int = p_step
  on conflict (tenant_id, id) do nothing;
  if found then
    update executions e set has_tasks = true where e.tenant_id = p_tenant and e.id = p_execution and not e.has_tasks;
  end if;
end $$;

-- close_tasks: closes the open tasks of a run whose steps it has left: by a timeout, a cancellation, an operator, its end.
-- A trigger, because this holds for every way in which a run's state can ever be written.
create function workflows.close_tasks() returns trigger
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  update tasks t set status = case when t.due_at <= workflows.now() then 'expired' else 'withdrawn' end,
    decided_at = workflows.now()
  where t.tenant_id = new.tenant_id and t.execution_id = new.id and t.status = 'open'
    and not exists (select from jsonb_array_elements(new.state -> 'tokens') k where (k ->> 'step')::int = t.step);
  return null;
end $$;
create trigger executions_close_tasks after update of state on workflows.executions
  for each row when (old.has_tasks) execute function workflows.close_tasks();

create or replace function workflows.apply_write(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_write jsonb)
returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  case p_write ->> 'type'
    when 'event' then
      insert into tenant_events (tenant_id, id, name, key, data, source)
      values (p_tenant, (p_write ->> 'id')::uuid, p_write ->> 'name', p_write ->> 'key', p_write -> 'data',
        jsonb_build_object('executionId', p_execution, 'step', p_step))
      on conflict (tenant_id, id) do nothing;
    when 'task' then
      perform workflows.open_task(p_tenant, p_mailbox, p_execution, p_step, p_write);
    when 'listen' then
      perform workflows.listen(p_tenant, p_mailbox, p_execution, p_step, p_write);
    when 'unlisten' then
      perform workflows.unlisten(p_tenant, p_execution, p_step);
    when 'call' then
      perform workflows.start_call(p_tenant, p_mailbox, p_execution, p_step, p_write);
    when 'hang-up' then
      perform workflows.end_call(p_tenant, p_mailbox, (p_write ->> 'executionId')::uuid);
    when 'answer' then
      perform workflows.answer_call(p_tenant, p_mailbox, p_execution, p_write);
  end case;
end $$;

create function workflows.task_json(t workflows.tasks) returns json
language sql stable as $$
  select json_build_object('id', t.id, 'kind', t.kind, 'queue', t.queue, 'title', t.title, 'details', t.details,
    'status', t.status, 'executionId', t.execution_id, 'node', t.node, 'conversationId', t.conversation_id,
    'contactId', t.contact_id, 'dueAt', workflows.iso(t.due_at), 'createdAt', workflows.iso(t.created_at),
    'decidedAt', workflows.iso(t.decided_at), 'by', t.decided_by, 'via', t.decided_via, 'comment', t.comment)
$$;

-- list_tasks: a page of tasks, those that have waited longest first.
--   p_filter   JSON text: TaskFilter;  result  Page<TaskRecord>
create function workflows.list_tasks(p_filter text, p_limit int, p_cursor text) returns json
language plpgsql stable set search_path = workflows, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  wanted record;
  after_at timestamptz := cursor_at(p_cursor);
  after_id uuid := cursor_uuid(p_cursor);
begin
  select * into wanted from json_to_record(p_filter::json) as f(queue text, status text, "conversationId" uuid);
  return (
    select json_build_object('items', coalesce(json_agg(task_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
      'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).created_at, (t.row).id::text)) filter (where t.n = p_limit) end)
    from (
      select t as row, row_number() over (order by t.created_at, t.id) as n from tasks t
      where (wanted.queue is null or t.queue = wanted.queue)
        and (wanted.status is null or t.status = wanted.status)
        and (wanted."conversationId" is null or t.conversation_id = wanted."conversationId")
        and (p_cursor is null or (t.created_at, t.id) > (after_at, after_id))
      order by t.created_at, t.id limit page_size(p_limit) + 1) t);
end $$;

-- get_task: TaskRecord, or null.
create function workflows.get_task(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$ select task_json(t) from tasks t where t.id = p_id $$;

-- decide_task: what a person has decided, told to the run in the same transaction. Deciding the same again is harmless.
--   p_decision   approved | rejected;  p_by, p_via  decided_by and decided_via
--   result       TaskRecord
--   caller       TaskStore, within a tenant's transaction; it writes a letter, hence security definer
create function workflows.decide_task(p_id uuid, p_decision text, p_comment text, p_by text, p_via text) returns json
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
  perform workflows.post_letter(tenant, task.mailbox_id, 'signal:task:' || task.id, 'signal', jsonb_build_object(
    'executionId', task.execution_id, 'step', task.step, 'name', 'decision', 'data', jsonb_strip_nulls(jsonb_build_object(
      'decision', p_decision, 'by', p_by, 'comment', p_comment, 'at', iso(task.decided_at)))));
  return task_json(task);
end $$;

create function workflows.queue_json(q workflows.queues) returns json
language sql stable as $$
  select json_build_object('name', q.name, 'title', q.title, 'createdAt', workflows.iso(q.created_at),
    'openTasks', (select count(*) from workflows.tasks t
      where t.tenant_id = q.tenant_id and t.queue = q.name and t.status = 'open'))
$$;

create function workflows.list_queues() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(queue_json(q) order by q.name), '[]'::json) from queues q
$$;

-- put_queue: makes the queue, or gives it another title.
create function workflows.put_queue(p_name text, p_title text) returns json
language sql set search_path = workflows, pg_temp as $$
  insert into queues as q (tenant_id, name, title) values (current_tenant(), p_name, p_title)
  on conflict (tenant_id, name) do update set title = excluded.title
  returning queue_json(q)
$$;

-- delete_queue: false when there is no such queue. One with open tasks stays, or nobody would find them.
create function workflows.delete_queue(p_name text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  perform from tasks t where t.tenant_id = current_tenant() and t.queue = p_name and t.status = 'open';
  if found then
    perform refuse('conflict', 'The queue has open tasks. Decide them, or cancel their runs, and delete it then.');
  end if;
  delete from queues q where q.tenant_id = current_tenant() and q.name = p_name;
  return found;
end $$;

alter function workflows.open_task(uuid, uuid, uuid, int, jsonb) owner to wf_road;
alter function workflows.close_tasks() owner to wf_road;
alter function workflows.task_json(workflows.tasks) owner to wf_road;
alter function workflows.decide_task(uuid, text, text, text, text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.refuse(text, text) to wf_road;
grant execute on function workflows.task_json(workflows.tasks), workflows.list_tasks(text, int, text), workflows.get_task(uuid),
  workflows.decide_task(uuid, text, text, text, text), workflows.queue_json(workflows.queues), workflows.list_queues(),
  workflows.put_queue(text, text), workflows.delete_queue(text) to wf_app;
