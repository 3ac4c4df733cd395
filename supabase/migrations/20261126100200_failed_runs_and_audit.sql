-- Finding failed runs by their error, and reading the audit log.
create index executions_failed on workflows.executions (tenant_id, (state #>> '{error,code}'), started_at desc, id desc)
  where status = 'failed' and revision > 0;

-- list_executions: a page of runs, newest first.
--   p_filter   JSON text: ExecutionFilter;  result  Page<ExecutionSummary>
-- A custom plan each time: a filter that is not given must not cost the index of one that is.
create or replace function workflows.list_executions(p_filter text, p_limit int, p_cursor text) returns json
language plpgsql stable set search_path = workflows, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  wanted record;
  after_at timestamptz := cursor_at(p_cursor);
  after_id uuid := cursor_uuid(p_cursor);
begin
  select * into wanted from json_to_record(p_filter::json) as f("workflowId" text, status text, "contactId" uuid,
    "conversationId" uuid, "startedAfter" timestamptz, "startedBefore" timestamptz, "errorCode" text);
  return (
    select json_build_object('items', coalesce(json_agg(execution_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
      'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).started_at, (t.row).id::text)) filter (where t.n = p_limit) end)
    from (
      select e as row, row_number() over (order by e.started_at desc, e.id desc) as n from executions e
      -- Always true, and what the indexes of lists ask for.
      where e.revision > 0 and (wanted."workflowId" is null or e.workflow_id = wanted."workflowId")
        and (wanted.status is null or e.status = wanted.status)
        and (wanted."errorCode" is null or (e.status = 'failed' and e.state #>> '{error,code}' = wanted."errorCode"))
        and (wanted."contactId" is null or e.contact_id = wanted."contactId")
        and (wanted."conversationId" is null or e.conversation_id = wanted."conversationId")
        and (wanted."startedAfter" is null or e.started_at >= wanted."startedAfter")
        and (wanted."startedBefore" is null or e.started_at < wanted."startedBefore")
        and (p_cursor is null or (e.started_at, e.id) < (after_at, after_id))
      order by e.started_at desc, e.id desc limit page_size(p_limit) + 1) t);
end $$;

-- list_audit: a page of what was changed, newest first.
--   p_filter   JSON text: AuditFilter;  result  Page<AuditEntry>
create function workflows.list_audit(p_filter text, p_limit int, p_cursor text) returns json
language plpgsql stable set search_path = workflows, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  wanted record;
  before bigint;
begin
  if p_cursor is not null then
    if p_cursor !~ '^[0-9]{1,18}$' then perform refuse_cursor(); end if;
    before := p_cursor::bigint;
  end if;
  select * into wanted from json_to_record(p_filter::json) as f(target text, action text, actor text);
  return (
    select json_build_object('items', coalesce(json_agg(json_build_object('at', iso(t.at), 'actor', t.actor, 'action', t.action,
        'target', t.target, 'requestId', t.request_id, 'details', t.details) order by t.n) filter (where t.n <= p_limit), '[]'::json),
      'nextCursor', case when count(*) > p_limit then (max(t.position) filter (where t.n = p_limit))::text end)
    from (
      select a.*, row_number() over (order by a.position desc) as n from audit_log a
      where (wanted.target is null or a.target = wanted.target)
        and (wanted.action is null or a.action = wanted.action)
        and (wanted.actor is null or a.actor = wanted.actor)
        and (before is null or a.position < before)
      order by a.position desc limit page_size(p_limit) + 1) t);
end $$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.list_executions(text, int, text), workflows.list_audit(text, int, text) to wf_app;
