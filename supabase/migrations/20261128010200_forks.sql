-- Forks: runs that begin where another run stood.
grant create on schema workflows to wf_road;

-- fork_target: what decides whether a run can be forked.
--   p_fork    the id that the fork will have
--   result    ForkTarget (libs/ports/src/orders.ts)
-- By a scalar subquery, which reads the live runs of the mailbox by their key: under row-level security a join reads all
-- live runs of the tenant (7.6 ms of 10,000, against 0.05 ms).
create function workflows.fork_target(p_id uuid, p_fork uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object(
    'placed', (select json_build_object('step', l.body #> '{fork,step}', 'replace', l.body #> '{fork,replace}')
      from mail l where l.dedupe = 'start:' || p_fork),
    'others', coalesce((select (
        select json_agg(json_build_object('versionId', o.workflow_version_id, 'state', o.state) order by o.started_at, o.id)
        from executions o where o.tenant_id = e.tenant_id and o.mailbox_id = e.mailbox_id and o.ended_at is null)
      from executions e where e.id = p_id), '[]'::json))
$$;

-- place_forks: letters that start forks, and the record of them, together or not at all. A fork is in the conversation or
-- session of the run that it comes from; where that one is alone in its mailbox it gets one too, so that neither waits.
--   p         JSON text: PlacedFork[] (libs/ports/src/orders.ts)
--   result    AcceptResult
--   caller    OrderStore
create function workflows.place_forks(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  fork record;
  box uuid;
  place bigint;
  answer jsonb := '[]';
begin
  for fork in
    select i."tenantId" as tenant, i.start, i.start ->> 'executionId' as id, (i.start #>> '{fork,executionId}')::uuid as origin,
      i.by as actor, i."requestId" as request
    from json_to_recordset(p::json) as i("tenantId" uuid, start jsonb, by text, "requestId" text)
  loop
    select case when e.mailbox_id = e.id then fork.id::uuid else e.mailbox_id end into box from executions e where e.tenant_id = fork.tenant and e.id = fork.origin;
    if box is null then
      answer := answer || '{"outcome": "not_found"}';
      continue;
    end if;
    if exists (select from mail l where l.tenant_id = fork.tenant and l.dedupe = 'start:' || fork.id) then
      answer := answer || '{"outcome": "duplicate"}';
      continue;
    end if;
    insert into mailboxes as b (tenant_id, id, appended, ready_at) values (fork.tenant, box, 1, workflows.now())
    on conflict (tenant_id, id) do update set appended = b.appended + 1,
      ready_at = case when b.lease_until is null then coalesce(b.ready_at, workflows.now()) end
    returning b.appended into place;
    insert into mail (tenant_id, mailbox_id, seq, dedupe, kind, body)
    values (fork.tenant, box, place, 'start:' || fork.id, 'start', fork.start)
    on conflict (tenant_id, dedupe) do nothing;
    -- Somebody with the same key was faster; the number of the letter stays free.
    if not found then
      answer := answer || '{"outcome": "duplicate"}';
      continue;
    end if;
    insert into audit_log (tenant_id, actor, action, target, request_id, details)
    values (fork.tenant, fork.actor, 'execution.fork', 'execution:' || fork.origin, fork.request,
      jsonb_build_object('step', fork.start #> '{fork,step}', 'replace', fork.start #> '{fork,replace}', 'fork', fork.id));
    answer := answer || jsonb_build_object('outcome', 'stored', 'mailboxId', box);
  end loop;
  return answer::json;
end $$;

alter function workflows.place_forks(text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.place_forks(text), workflows.fork_target(uuid, uuid) to wf_app;
