-- People in conversations: hand-offs, takeovers and replies. Who has a conversation changes by letters, so that it changes
-- between two messages of the contact and never beside one.
grant create on schema workflows to wf_road;

-- taken_by   the person who answered in the middle of what runs were doing: nobody's run speaks until it is given back. It
--            stands here, and not with the conversation, because commits may lock a mailbox and no conversation.
alter table workflows.mailboxes add column taken_by text, add column taken_at timestamptz;

alter table workflows.mail drop constraint mail_kind_check;
alter table workflows.mail add constraint mail_kind_check
  check (kind in ('message', 'start', 'effect', 'cancel', 'signal', 'order', 'migrate', 'people', 'echo'));

alter table workflows.tasks drop constraint tasks_kind_check, drop constraint tasks_status_check;
alter table workflows.tasks add constraint tasks_kind_check check (kind in ('approval', 'handoff'));
alter table workflows.tasks add constraint tasks_status_check
  check (status in ('open', 'approved', 'rejected', 'handed_back', 'closed', 'expired', 'withdrawn'));
alter table workflows.tasks add column priority int not null default 0;

-- open_task: the task of a step, unless the run has left the step within the same commit.
--   p_task    the write (libs/core/src/machine/write.ts)
--   caller    apply_write
create or replace function workflows.open_task(p_tenant uuid, p_mailbox uuid, p_execution uuid, p_step int, p_task jsonb)
returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  insert into tasks (tenant_id, id, kind, queue, title, details, execution_id, step, node, mailbox_id, conversation_id,
    contact_id, due_at, priority)
  select p_tenant, derived_id('task', p_execution::text, p_step::text), p_task ->> 'kind', p_task ->> 'queue',
    p_task ->> 'title', p_task -> 'details', p_execution, p_step, t.token ->> 'node', p_mailbox, e.conversation_id,
    e.contact_id, (p_task ->> 'due')::timestamptz, coalesce((p_task ->> 'priority')::int, 0)
  from executions e cross join lateral jsonb_array_elements(e.state -> 'tokens') t(token)
  where e.tenant_id = p_tenant and e.id = p_execution and (t.token ->> 'step')::int = p_step
  on conflict (tenant_id, id) do nothing;
  if found then
    update executions e set has_tasks = true where e.tenant_id = p_tenant and e.id = p_execution and not e.has_tasks;
  end if;
end $$;

create or replace function workflows.task_json(t workflows.tasks) returns json
language sql stable as $$
  select json_build_object('id', t.id, 'kind', t.kind, 'queue', t.queue, 'title', t.title, 'details', t.details,
    'priority', t.priority, 'status', t.status, 'executionId', t.execution_id, 'node', t.node,
    'conversationId', t.conversation_id, 'contactId', t.contact_id, 'dueAt', workflows.iso(t.due_at),
    'createdAt', workflows.iso(t.created_at), 'decidedAt', workflows.iso(t.decided_at), 'by', t.decided_by,
    'via', t.decided_via, 'comment', t.comment)
$$;

-- refuse_handoff: a hand-off is ended where its conversation is.
create function workflows.refuse_handoff() returns trigger
language plpgsql set search_path = workflows, pg_temp as $$
begin
  perform refuse('conflict', 'This task is a hand-off. Hand its conversation back or close it, under /v1/conversations.');
  return new;
end $$;
create trigger tasks_refuse_handoff before update of status on workflows.tasks
  for each row when (old.kind = 'handoff' and new.status in ('approved', 'rejected')) execute function workflows.refuse_handoff();

-- reply_in_conversation: a person writes to the contact. It goes the road of all messages, and takes the conversation over.
--   p_message  JSON text: OutboundMessage;  p_by  the person;  p_key  one message for each key
--   result     { repeated }
--   caller     ConversationStore, within a tenant's transaction; it writes a letter, hence security definer
create function workflows.reply_in_conversation(p_id uuid, p_message text, p_by text, p_key text) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  tenant constant uuid := current_tenant();
  place int;
begin
  perform from mailboxes b where b.tenant_id = tenant and b.id = p_id
    and exists (select from conversations v where v.tenant_id = tenant and v.id = p_id) for no key update;
  if not found then perform refuse('not_found', 'There is no such conversation. Check the id, and that the key belongs to the right tenant.'); end if;
  insert into outboxes as o (tenant_id, mailbox_id, ready_at) values (tenant, p_id, workflows.now())
  on conflict (tenant_id, mailbox_id) do update
    set ready_at = case when o.lease_until is null then coalesce(o.ready_at, workflows.now()) end;
  place := workflows.say(tenant, p_id, p_message::jsonb, p_by, 'reply:' || p_key);
  if place is not null then
    perform workflows.post_letter(tenant, p_id, 'people:' || p_id || ':' || place, 'people',
      jsonb_build_object('what', 'taken', 'by', p_by));
  end if;
  return json_build_object('repeated', place is null);
end $$;

-- give_back_conversation: people are done with it. A hand-off ends with what they say; a takeover just ends.
--   p_how     handed_back | closed; closing needs a hand-off;  p_via  the API key;  p_key  names this act
--   caller    ConversationStore, as above
create function workflows.give_back_conversation(p_id uuid, p_how text, p_note text, p_by text, p_via text, p_key text) returns void
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
    perform workflows.post_letter(tenant, p_id, 'signal:task:' || task.id, 'signal', jsonb_build_object(
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

-- apply_mailbox_write: what a commit writes beside its runs.
--   p_write   MailboxWrite (libs/ports/src/road.ts)
--   caller    commit_mailboxes, with mailbox and outbox locked
create or replace function workflows.apply_mailbox_write(p_tenant uuid, p_mailbox uuid, p_write json) returns void
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  contact uuid;
begin
  case p_write ->> 'type'
    when 'consent' then
      select v.contact_id into contact from conversations v where v.tenant_id = p_tenant and v.id = p_mailbox;
      update contacts c set opted_out = (p_write ->> 'optedOut')::boolean
      where c.tenant_id = p_tenant and c.id = contact and c.opted_out <> (p_write ->> 'optedOut')::boolean;
      if (p_write ->> 'optedOut')::boolean then
        -- Also of runs that have ended meanwhile. What may have reached the contact is not sent a second time.
        update effects f set state = case f.state when 'intent' then 'withdrawn' else 'held' end, resend = false,
          changed_at = workflows.now()
        where f.tenant_id = p_tenant and f.mailbox_id = p_mailbox and f.kind = 'message'
          and f.state in ('intent', 'unknown') and f.author is null;
      end if;
    when 'taken' then
      update mailboxes b set taken_by = p_write ->> 'by', taken_at = workflows.now()
      where b.tenant_id = p_tenant and b.id = p_mailbox and b.taken_by is null;
    when 'given_back' then
      update mailboxes b set taken_by = null, taken_at = null where b.tenant_id = p_tenant and b.id = p_mailbox;
    when 'say' then
      perform workflows.say(p_tenant, p_mailbox, (p_write -> 'message')::jsonb, p_write ->> 'author', p_write ->> 'key');
  end case;
end $$;

-- A claim says who has the conversation, and echoes are accepted like messages, but open no window. Of the two functions only
-- this changes, so they are taken as they stand.
do $$
declare
  change record;
  body text;
begin
  for change in
    select * from (values
      ('mailbox_contents', '''readUpTo'', c.read_to,',
        '''readUpTo'', c.read_to, ''takenBy'', (select b.taken_by from mailboxes b where b.tenant_id = c.tenant and b.id = c.box limit 1),'),
      ('accept', 'when ''message'' then ''message:'' || i.dedupe',
        'when ''message'' then ''message:'' || i.dedupe when ''echo'' then ''echo:'' || i.dedupe'),
      ('accept', 'when ''message'' then jsonb_build_object(''message'', i.message)',
        'when ''message'' then jsonb_build_object(''message'', i.message) when ''echo'' then jsonb_build_object(''message'', i.message)')
    ) as c(name, before, after)
  loop
    select pg_get_functiondef(p.oid) into strict body from pg_proc p
    where p.pronamespace = 'workflows'::regnamespace and p.proname = change.name;
    if position(change.before in body) = 0 then
      raise exception 'The function % has changed: it has no "%" any more.', change.name, change.before;
    end if;
    execute replace(body, change.before, change.after);
  end loop;
end $$;

create or replace function workflows.conversation_json(c workflows.conversations) returns json
language sql stable as $$
  select json_build_object('id', c.id, 'connectionId', c.connection_id,
    'channel', (select n.channel from workflows.connections n where n.tenant_id = c.tenant_id and n.id = c.connection_id),
    'contactId', c.contact_id,
    'contactName', (select p.name from workflows.contacts p where p.tenant_id = c.tenant_id and p.id = c.contact_id),
    'aliases', (select coalesce(json_agg(json_build_object('kind', a.kind, 'value', a.value) order by a.created_at, a.kind), '[]'::json)
      from workflows.contact_aliases a
      where a.tenant_id = c.tenant_id and a.contact_id = c.contact_id and a.connection_id = c.connection_id),
    'takenBy', (select b.taken_by from workflows.mailboxes b where b.tenant_id = c.tenant_id and b.id = c.id),
    'handedOff', exists (select from workflows.tasks t where t.tenant_id = c.tenant_id and t.conversation_id = c.id
      and t.kind = 'handoff' and t.status = 'open'),
    'lastInboundAt', workflows.iso(c.last_inbound_at), 'createdAt', workflows.iso(c.created_at))
$$;

-- conversation_messages: a page of both directions in the order in which they were stored, oldest first.
--   result   Page<ConversationMessage>; its cursor is the instant, with direction and place to break ties
create or replace function workflows.conversation_messages(p_id uuid, p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  with line as (
    select l.received_at as at, 'i' || lpad(l.seq::text, 19, '0') as place,
      json_build_object('direction', 'inbound', 'at', iso(l.received_at), 'message', l.body -> 'message',
        'providerId', l.body -> 'message' ->> 'id', 'state', null, 'receipt', null, 'executionId', null, 'node', null,
        'author', null) as shown
    from mail l where l.mailbox_id = p_id and l.kind = 'message'
    union all
    -- What a person has written on their phone: it went out before we heard of it.
    select l.received_at, 'i' || lpad(l.seq::text, 19, '0'),
      json_build_object('direction', 'outbound', 'at', iso(l.received_at), 'message', l.body -> 'message',
        'providerId', l.body -> 'message' ->> 'id', 'state', 'sent', 'receipt', null, 'executionId', null, 'node', null,
        'author', 'phone')
    from mail l where l.mailbox_id = p_id and l.kind = 'echo'
    union all
    select f.intent_at, 'o' || lpad(f.position::text, 19, '0'),
      json_build_object('direction', 'outbound', 'at', iso(f.intent_at), 'message', f.effect -> 'message',
        'providerId', f.provider_id, 'state', f.state, 'receipt', f.receipt, 
        'executionId', case when f.author is null then f.execution_id end,
        'node', case when f.author is null then f.node end, 'author', f.author)
    from effects f where f.mailbox_id = p_id and f.kind = 'message' and f.seq > 0),
  page as (
    select line.*, row_number() over (order by at, place) as n from line
    where p_cursor is null or (at, place) > (cursor_at(p_cursor), cursor_id(p_cursor))
    order by at, place limit page_size(p_limit) + 1)
  select json_build_object('items', coalesce(json_agg(shown order by n) filter (where n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max(cursor_after(at, place)) filter (where n = p_limit) end)
  from page
$$;

alter function workflows.refuse_handoff() owner to wf_road;
alter function workflows.reply_in_conversation(uuid, text, text, text) owner to wf_road;
alter function workflows.give_back_conversation(uuid, text, text, text, text, text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.reply_in_conversation(uuid, text, text, text),
  workflows.give_back_conversation(uuid, text, text, text, text, text) to wf_app;
