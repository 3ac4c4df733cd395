-- Versions: careful saving, going back, and what still runs on which version.

-- Moves with each save, publish and rollback of a workflow: who writes may say which one they have seen.
alter table workflows.workflows add column revision bigint not null default 1;

-- Live runs by their version, for counting and for moving them. Who counts says `revision > 0`, which is always true: see
-- the indexes of lists.
create index executions_of_version on workflows.executions (tenant_id, workflow_version_id, id)
  where ended_at is null and revision > 0;

-- refuse: ends the call with one of our own codes: not_found, conflict, precondition or invalid.
--   p_message   for people: the field, the reason and the remedy; never a value that a contact wrote
create or replace function workflows.refuse(p_code text, p_message text) returns void
language plpgsql as $$
begin
  raise exception using message = p_message,
    errcode = case p_code when 'not_found' then 'WF404' when 'conflict' then 'WF409' when 'precondition' then 'WF412' else 'WF422' end;
end $$;

create or replace function workflows.workflow_json(w workflows.workflows) returns json
language sql stable as $$
  select json_build_object('id', w.id, 'name', w.name, 'draft', w.draft, 'publishedVersion', w.published_version,
    'publishedVersionId', w.published_version_id, 'revision', w.revision, 'createdAt', workflows.iso(w.created_at),
    'updatedAt', workflows.iso(w.updated_at))
$$;

-- expect_revision: refuses a write by somebody who has not seen the newest. The caller holds the row's lock.
--   p_expected   the revision that the writer has seen, 0 for "there is none"; null: writes over whatever is there
--   callers      save_draft, publish_workflow, roll_back_workflow
create function workflows.expect_revision(p_expected bigint, p_revision bigint) returns void
language plpgsql as $$
begin
  if p_expected is null or p_expected = p_revision then return; end if;
  perform workflows.refuse('precondition', case when p_expected = 0
    then 'There is a workflow of this id already. Read it, or save under another id.'
    else 'The workflow has changed since you read it: somebody saved, published or rolled back. Read it again, put your change on top, and send it with the new ETag.' end);
end $$;

-- save_draft: makes or replaces the draft of a workflow; p_draft is the document as JSON text.
--   p_expected   see expect_revision
drop function workflows.save_draft(text, text, text);
create function workflows.save_draft(p_id text, p_name text, p_draft text, p_expected bigint default null) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  seen bigint;
  saved workflows;
begin
  select w.revision into seen from workflows w where w.id = p_id for update;
  perform expect_revision(p_expected, coalesce(seen, 0));
  insert into workflows as w (tenant_id, id, name, draft) values (current_tenant(), p_id, p_name, p_draft::jsonb)
  on conflict (tenant_id, id) do update set name = excluded.name, draft = excluded.draft, updated_at = workflows.now(),
    revision = w.revision + 1
    -- Made by somebody else since the look above: then it was not there when the writer looked either.
    where p_expected is null or w.revision = p_expected
  returning w.* into saved;
  if not found then perform expect_revision(p_expected, -1); end if;
  return workflow_json(saved);
end $$;

-- publish_workflow: freezes a definition as the next version and lets new events start it.
--   p   JSON text { id, name, definition, hash, publishedBy, webhookTriggers: [trigger id], expected? }
--   result   WorkflowVersionRecord. The definition that is published already makes no new version
-- One publish of a workflow at a time: its row is locked, so that two never take the same number. A draft that was saved
-- while this one was being checked stays.
create or replace function workflows.publish_workflow(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  given record;
  current workflows;
  made workflow_versions;
begin
  select * into given from json_to_record(p::json) as i(id text, name text, definition jsonb, hash text, "publishedBy" text,
    "webhookTriggers" jsonb, expected bigint);
  insert into workflows as w (tenant_id, id, name) values (current_tenant(), given.id, given.name)
  on conflict (tenant_id, id) do update set name = w.name
  returning w.* into current;
  perform expect_revision(given.expected, current.revision);
  select * into made from workflow_versions v where v.tenant_id = current_tenant() and v.id = current.published_version_id
    and v.hash = given.hash;
  if not found then
    insert into workflow_versions (tenant_id, workflow_id, version, hash, definition, published_by)
    values (current_tenant(), given.id, coalesce((select max(v.version) from workflow_versions v
      where v.tenant_id = current_tenant() and v.workflow_id = given.id), 0) + 1, given.hash, given.definition, given."publishedBy")
    returning * into made;
  end if;
  update workflows w set draft = case when w.draft is distinct from given.definition then w.draft end
  where w.tenant_id = current_tenant() and w.id = given.id;
  perform show_to_events(made, given."webhookTriggers");
  return version_json(made);
end $$;

-- roll_back_workflow: lets new events start an earlier version again. The draft stays as it is.
--   p   JSON text { id, version, rolledBackBy, webhookTriggers: [trigger id], expected? }
--   result   WorkflowVersionRecord
create function workflows.roll_back_workflow(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  given record;
  current workflows;
  wanted workflow_versions;
begin
  select * into given from json_to_record(p::json) as i(id text, version int, "rolledBackBy" text, "webhookTriggers" jsonb, expected bigint);
  select w.* into current from workflows w where w.tenant_id = current_tenant() and w.id = given.id for update;
  if not found then perform refuse('not_found', 'There is no such workflow.'); end if;
  perform expect_revision(given.expected, current.revision);
  select v.* into wanted from workflow_versions v
    where v.tenant_id = current_tenant() and v.workflow_id = given.id and v.version = given.version;
  if not found then perform refuse('not_found', 'There is no such version.'); end if;
  perform show_to_events(wanted, given."webhookTriggers");
  insert into audit_log (tenant_id, actor, action, target, details)
  values (current_tenant(), given."rolledBackBy", 'workflow.rollback', 'workflow:' || given.id,
    jsonb_build_object('from', current.published_version, 'to', wanted.version));
  return version_json(wanted);
end $$;

-- show_to_events: makes a version the one that new events start, with the addresses of its webhook triggers.
--   callers   publish_workflow, roll_back_workflow, which hold the lock of the workflow's row
create function workflows.show_to_events(p_version workflows.workflow_versions, p_webhook_triggers jsonb) returns void
language plpgsql set search_path = workflows, pg_temp as $$
begin
  update workflows w set name = left(coalesce(p_version.definition ->> 'name', w.name), 200),
    published_version = p_version.version, published_version_id = p_version.id, updated_at = workflows.now(),
    revision = w.revision + 1
  where w.tenant_id = current_tenant() and w.id = p_version.workflow_id;
  delete from webhook_endpoints e where e.tenant_id = current_tenant() and e.workflow_id = p_version.workflow_id
    and not coalesce(p_webhook_triggers, '[]') ? e.trigger_id;
  insert into webhook_endpoints (tenant_id, workflow_id, trigger_id)
  select current_tenant(), p_version.workflow_id, t from jsonb_array_elements_text(coalesce(p_webhook_triggers, '[]')) t
  on conflict do nothing;
  insert into workflow_revisions as r (tenant_id, revision) values (current_tenant(), 1)
  on conflict (tenant_id) do update set revision = r.revision + 1;
end $$;

-- list_versions: all versions of a workflow, newest first, without their definitions.
--   liveRuns   runs that have begun on the version and have not ended
create or replace function workflows.list_versions(p_workflow_id text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('id', v.id, 'workflowId', v.workflow_id, 'version', v.version, 'hash', v.hash,
    'publishedAt', iso(v.published_at), 'publishedBy', v.published_by,
    'liveRuns', (select count(*) from executions e where e.tenant_id = v.tenant_id and e.workflow_version_id = v.id and e.revision > 0
      and e.ended_at is null)) order by v.version desc), '[]'::json)
  from workflow_versions v where v.workflow_id = p_workflow_id
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.expect_revision(bigint, bigint), workflows.save_draft(text, text, text, bigint),
  workflows.roll_back_workflow(text), workflows.show_to_events(workflows.workflow_versions, jsonb) to wf_app;
