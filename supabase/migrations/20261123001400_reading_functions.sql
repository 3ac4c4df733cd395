-- What a tenant reads of its runs and conversations. All of it runs as wf_app under row-level security.

create function workflows.execution_json(e workflows.executions) returns json
language sql stable as $$
  select json_build_object('id', e.id, 'workflowId', e.workflow_id,
    'version', (select v.version from workflows.workflow_versions v where v.tenant_id = e.tenant_id and v.id = e.workflow_version_id),
    'status', e.status, 'reason', e.reason,
    'nodes', coalesce((select json_agg(t ->> 'node') from jsonb_array_elements(e.state -> 'tokens') t), '[]'::json),
    'contactId', e.contact_id, 'conversationId', e.conversation_id, 'startedAt', workflows.iso(e.started_at),
    'endedAt', workflows.iso(e.ended_at))
$$;

-- list_executions: a page of runs, newest first.
--   p_filter   JSON text: ExecutionFilter;  result  Page<ExecutionSummary>
-- A custom plan each time: a filter that is not given must not cost the index of one that is.
create function workflows.list_executions(p_filter text, p_limit int, p_cursor text) returns json
language plpgsql stable set search_path = workflows, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  wanted record;
  after_at timestamptz := cursor_at(p_cursor);
  after_id uuid := cursor_uuid(p_cursor);
begin
  select * into wanted from json_to_record(p_filter::json) as f("workflowId" text, status text, "contactId" uuid,
    "conversationId" uuid, "startedAfter" timestamptz, "startedBefore" timestamptz);
  return (
    select json_build_object('items', coalesce(json_agg(execution_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
      'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).started_at, (t.row).id::text)) filter (where t.n = p_limit) end)
    from (
      select e as row, row_number() over (order by e.started_at desc, e.id desc) as n from executions e
      where (wanted."workflowId" is null or e.workflow_id = wanted."workflowId")
        and (wanted.status is null or e.status = wanted.status)
        and (wanted."contactId" is null or e.contact_id = wanted."contactId")
        and (wanted."conversationId" is null or e.conversation_id = wanted."conversationId")
        and (wanted."startedAfter" is null or e.started_at >= wanted."startedAfter")
        and (wanted."startedBefore" is null or e.started_at < wanted."startedBefore")
        and (p_cursor is null or (e.started_at, e.id) < (after_at, after_id))
      order by e.started_at desc, e.id desc limit page_size(p_limit) + 1) t);
end $$;

-- get_execution: ExecutionRecord, or null. A run that was accepted and not yet picked up is `queued`, and is read from
-- its start letter.
create function workflows.get_execution(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(
    (select (execution_json(e)::jsonb || jsonb_build_object('trigger', e.trigger, 'revision', e.revision,
       'error', e.state -> 'error', 'output', e.state -> 'output', 'state', e.state))::json
     from executions e where e.id = p_id),
    (select json_build_object('id', l.body ->> 'executionId', 'workflowId', l.body ->> 'workflowId',
       'version', (select v.version from workflow_versions v where v.id = (l.body ->> 'versionId')::uuid),
       'status', 'queued', 'reason', null, 'nodes', '[]'::json, 'contactId', c.contact_id, 'conversationId', c.id,
       'startedAt', iso(l.received_at), 'endedAt', null, 'trigger', l.body ->> 'trigger', 'revision', 0, 'error', null,
       'output', null, 'state', null)
     from mail l
     join mailboxes b on b.tenant_id = l.tenant_id and b.id = l.mailbox_id
     left join conversations c on c.tenant_id = l.tenant_id and c.id = l.mailbox_id
     where l.dedupe = 'start:' || p_id and b.consumed < l.seq))
$$;

-- execution_history: HistorySegment[] of a run, in order.
create function workflows.execution_history(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('revision', h.revision, 'at', iso(h.at), 'events', h.events) order by h.revision), '[]'::json)
  from execution_events h where h.execution_id = p_id
$$;

-- execution_effects: EffectRecord[] of a run, in order.
create function workflows.execution_effects(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('seq', f.seq, 'node', f.node, 'step', f.step, 'kind', f.kind, 'state', f.state,
    'attempt', f.attempt, 'providerId', f.provider_id, 'receipt', f.receipt, 'intentAt', iso(f.intent_at),
    'changedAt', iso(f.changed_at), 'result', f.result) order by f.seq), '[]'::json)
  from effects f where f.execution_id = p_id
$$;

create function workflows.conversation_json(c workflows.conversations) returns json
language sql stable as $$
  select json_build_object('id', c.id, 'connectionId', c.connection_id,
    'channel', (select n.channel from workflows.connections n where n.tenant_id = c.tenant_id and n.id = c.connection_id),
    'contactId', c.contact_id,
    'contactName', (select p.name from workflows.contacts p where p.tenant_id = c.tenant_id and p.id = c.contact_id),
    'aliases', (select coalesce(json_agg(json_build_object('kind', a.kind, 'value', a.value) order by a.created_at, a.kind), '[]'::json)
      from workflows.contact_aliases a
      where a.tenant_id = c.tenant_id and a.contact_id = c.contact_id and a.connection_id = c.connection_id),
    'lastInboundAt', workflows.iso(c.last_inbound_at), 'createdAt', workflows.iso(c.created_at))
$$;

-- list_conversations: a page, newest first.  get_conversation: one, or null.
create function workflows.list_conversations(p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('items', coalesce(json_agg(conversation_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).created_at, (t.row).id::text)) filter (where t.n = p_limit) end)
  from (
    select c as row, row_number() over (order by c.created_at desc, c.id desc) as n from conversations c
    where p_cursor is null or (c.created_at, c.id) < (cursor_at(p_cursor), cursor_uuid(p_cursor))
    order by c.created_at desc, c.id desc limit page_size(p_limit) + 1) t
$$;

create function workflows.get_conversation(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$ select conversation_json(c) from conversations c where c.id = p_id $$;

-- conversation_messages: a page of both directions in the order in which they were stored, oldest first.
--   result   Page<ConversationMessage>; its cursor is the instant, with direction and place to break ties
create function workflows.conversation_messages(p_id uuid, p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  with line as (
    select l.received_at as at, 'i' || lpad(l.seq::text, 19, '0') as place,
      json_build_object('direction', 'inbound', 'at', iso(l.received_at), 'message', l.body -> 'message',
        'providerId', l.body -> 'message' ->> 'id', 'state', null, 'receipt', null, 'executionId', null, 'node', null) as shown
    from mail l where l.mailbox_id = p_id and l.kind = 'message'
    union all
    select f.intent_at, 'o' || lpad(f.position::text, 19, '0'),
      json_build_object('direction', 'outbound', 'at', iso(f.intent_at), 'message', f.effect -> 'message',
        'providerId', f.provider_id, 'state', f.state, 'receipt', f.receipt, 'executionId', f.execution_id, 'node', f.node)
    from effects f where f.mailbox_id = p_id and f.kind = 'message'),
  page as (
    select line.*, row_number() over (order by at, place) as n from line
    where p_cursor is null or (at, place) > (cursor_at(p_cursor), cursor_id(p_cursor))
    order by at, place limit page_size(p_limit) + 1)
  select json_build_object('items', coalesce(json_agg(shown order by n) filter (where n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max(cursor_after(at, place)) filter (where n = p_limit) end)
  from page
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.execution_json(workflows.executions), workflows.conversation_json(workflows.conversations),
  workflows.list_executions(text, int, text), workflows.get_execution(uuid), workflows.execution_history(uuid),
  workflows.execution_effects(uuid), workflows.list_conversations(int, text), workflows.get_conversation(uuid),
  workflows.conversation_messages(uuid, int, text) to wf_app;
