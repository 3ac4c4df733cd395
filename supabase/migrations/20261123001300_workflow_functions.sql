-- Workflows of the tenant of the transaction: drafts, versions, and what is published.
create function workflows.workflow_json(w workflows.workflows) returns json
language sql stable as $$
  select json_build_object('id', w.id, 'name', w.name, 'draft', w.draft, 'publishedVersion', w.published_version,
    'publishedVersionId', w.published_version_id, 'createdAt', workflows.iso(w.created_at), 'updatedAt', workflows.iso(w.updated_at))
$$;

create function workflows.version_json(v workflows.workflow_versions) returns json
language sql stable as $$
  select json_build_object('id', v.id, 'workflowId', v.workflow_id, 'version', v.version, 'hash', v.hash,
    'definition', v.definition, 'publishedAt', workflows.iso(v.published_at), 'publishedBy', v.published_by)
$$;

-- save_draft: makes or replaces the draft of a workflow; p_draft is the document as JSON text.
create function workflows.save_draft(p_id text, p_name text, p_draft text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  saved workflows;
begin
  insert into workflows as w (tenant_id, id, name, draft) values (current_tenant(), p_id, p_name, p_draft::jsonb)
  on conflict (tenant_id, id) do update set name = excluded.name, draft = excluded.draft, updated_at = workflows.now()
  returning w.* into saved;
  return workflow_json(saved);
end $$;

-- publish_workflow: freezes a definition as the next version and lets new events start it.
--   p   JSON text { id, name, definition, hash, publishedBy, webhookTriggers: [trigger id] }
--   result   WorkflowVersionRecord. The definition that is published already makes no new version
-- One publish of a workflow at a time: its row is locked, so that two never take the same number.
create function workflows.publish_workflow(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  given record;
  current workflows;
  made workflow_versions;
begin
  select * into given from json_to_record(p::json) as i(id text, name text, definition jsonb, hash text, "publishedBy" text,
    "webhookTriggers" jsonb);
  insert into workflows as w (tenant_id, id, name) values (current_tenant(), given.id, given.name)
  on conflict (tenant_id, id) do update set name = excluded.name
  returning w.* into current;
  select * into made from workflow_versions v where v.tenant_id = current_tenant() and v.id = current.published_version_id
    and v.hash = given.hash;
  if not found then
    insert into workflow_versions (tenant_id, workflow_id, version, hash, definition, published_by)
    values (current_tenant(), given.id, coalesce((select max(v.version) from workflow_versions v
      where v.tenant_id = current_tenant() and v.workflow_id = given.id), 0) + 1, given.hash, given.definition, given."publishedBy")
    returning * into made;
  end if;
  update workflows w set draft = null, published_version = made.version, published_version_id = made.id, updated_at = workflows.now()
  where w.tenant_id = current_tenant() and w.id = given.id;
  delete from webhook_endpoints e where e.tenant_id = current_tenant() and e.workflow_id = given.id
    and not coalesce(given."webhookTriggers", '[]') ? e.trigger_id;
  insert into webhook_endpoints (tenant_id, workflow_id, trigger_id)
  select current_tenant(), given.id, t from jsonb_array_elements_text(coalesce(given."webhookTriggers", '[]')) t
  on conflict do nothing;
  insert into workflow_revisions as r (tenant_id, revision) values (current_tenant(), 1)
  on conflict (tenant_id) do update set revision = r.revision + 1;
  return version_json(made);
end $$;

create function workflows.get_workflow(p_id text) returns json
language sql stable set search_path = workflows, pg_temp as $$ select workflow_json(w) from workflows w where w.id = p_id $$;

-- list_workflows: a page, by id; the cursor is the last id.
create function workflows.list_workflows(p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('items', coalesce(json_agg(workflow_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max((t.row).id) filter (where t.n = p_limit) end)
  from (
    select w as row, row_number() over (order by w.id) as n from workflows w where p_cursor is null or w.id > p_cursor
    order by w.id limit page_size(p_limit) + 1) t
$$;

-- list_versions: all versions of a workflow, newest first, without their definitions.
create function workflows.list_versions(p_workflow_id text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('id', v.id, 'workflowId', v.workflow_id, 'version', v.version, 'hash', v.hash,
    'publishedAt', iso(v.published_at), 'publishedBy', v.published_by) order by v.version desc), '[]'::json)
  from workflow_versions v where v.workflow_id = p_workflow_id
$$;

create function workflows.get_version(p_workflow_id text, p_version int) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select version_json(v) from workflow_versions v where v.workflow_id = p_workflow_id and v.version = p_version
$$;

create function workflows.get_version_by_id(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$ select version_json(v) from workflow_versions v where v.id = p_id $$;

-- published_workflows: { revision, versions: WorkflowVersionRecord[] }: everything that can start now. The revision is
-- of the same snapshot, so a cache that keeps it never takes old workflows for new ones.
create function workflows.published_workflows() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('revision', coalesce((select r.revision from workflow_revisions r), 0),
    'versions', coalesce((select json_agg(version_json(v) order by v.workflow_id) from workflows w
      join workflow_versions v on v.tenant_id = w.tenant_id and v.id = w.published_version_id), '[]'::json))
$$;

-- webhook_endpoints_of: the addresses of a workflow's webhook triggers: [{ trigger, id }].
create function workflows.webhook_endpoints_of(p_workflow_id text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('trigger', e.trigger_id, 'id', e.id) order by e.trigger_id), '[]'::json)
  from webhook_endpoints e where e.workflow_id = p_workflow_id
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.workflow_json(workflows.workflows), workflows.version_json(workflows.workflow_versions),
  workflows.save_draft(text, text, text), workflows.publish_workflow(text), workflows.get_workflow(text),
  workflows.list_workflows(int, text), workflows.list_versions(text), workflows.get_version(text, int),
  workflows.get_version_by_id(uuid), workflows.published_workflows(), workflows.webhook_endpoints_of(text) to wf_app;
