-- Under row-level security the join of a run with the live runs of its mailbox read all live runs of the tenant (10,000 of
-- them: 7.6 ms). A scalar subquery reads those of the mailbox by their key (0.05 ms), as order_target does.

-- fork_target: what decides whether a run can be forked.
--   p_fork    the id that the fork will have
--   result    ForkTarget (libs/ports/src/orders.ts)
create or replace function workflows.fork_target(p_id uuid, p_fork uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object(
    'placed', (select json_build_object('step', l.body #> '{fork,step}', 'replace', l.body #> '{fork,replace}')
      from mail l where l.dedupe = 'start:' || p_fork),
    'others', coalesce((select (
        select json_agg(json_build_object('versionId', o.workflow_version_id, 'state', o.state) order by o.started_at, o.id)
        from executions o where o.tenant_id = e.tenant_id and o.mailbox_id = e.mailbox_id and o.ended_at is null)
      from executions e where e.id = p_id), '[]'::json))
$$;
