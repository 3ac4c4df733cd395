-- An order that brings an ended run back must know who has the run's session by now.

-- order_target: what decides whether a run can be ordered something.
--   p_key     the order's idempotency key, or null
--   result    OrderTarget, or null: there is no such run. `placed` is the order that came before under this key; `others`
--             are the live runs of the mailbox of a run that has ended, and nothing for one that has not
create or replace function workflows.order_target(p_id uuid, p_key text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('placed', (select l.body -> 'order' from mail l where l.dedupe = 'order:' || p_id || ':' || p_key),
    'versionId', e.workflow_version_id, 'state', e.state,
    'others', case when e.ended_at is null then '[]'::json else (
      select coalesce(json_agg(json_build_object('versionId', o.workflow_version_id, 'state', o.state)
        order by o.started_at, o.id), '[]'::json)
      from executions o where o.tenant_id = e.tenant_id and o.mailbox_id = e.mailbox_id and o.ended_at is null) end)
  from executions e where e.id = p_id
  union all
  select json_build_object('placed', (select l.body -> 'order' from mail l where l.dedupe = 'order:' || p_id || ':' || p_key),
    'versionId', s.body ->> 'versionId', 'state', null, 'others', '[]'::json)
  from mail s where s.dedupe = 'start:' || p_id and not exists (select from executions e where e.id = p_id)
$$;
