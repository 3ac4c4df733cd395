-- The schemas that a version was checked against are kept with it: by others its expressions would be typed otherwise.
alter table workflows.workflow_versions add column schemas jsonb not null default '{}';

create or replace function workflows.version_json(v workflows.workflow_versions) returns json
language sql stable as $$
  select json_build_object('id', v.id, 'workflowId', v.workflow_id, 'version', v.version, 'hash', v.hash,
    'definition', v.definition, 'schemas', v.schemas, 'publishedAt', workflows.iso(v.published_at), 'publishedBy', v.published_by)
$$;

-- publish_workflow: freezes a definition as the next version and lets new events start it.
--   p   JSON text { id, name, definition, hash, publishedBy, webhookTriggers: [trigger id], expected?, schemas? }
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
    "webhookTriggers" jsonb, expected bigint, schemas jsonb);
  insert into workflows as w (tenant_id, id, name) values (current_tenant(), given.id, given.name)
  on conflict (tenant_id, id) do update set name = w.name
  returning w.* into current;
  perform expect_revision(given.expected, current.revision);
  select * into made from workflow_versions v where v.tenant_id = current_tenant() and v.id = current.published_version_id
    and v.hash = given.hash;
  if not found then
    insert into workflow_versions (tenant_id, workflow_id, version, hash, definition, published_by, schemas)
    values (current_tenant(), given.id, coalesce((select max(v.version) from workflow_versions v
      where v.tenant_id = current_tenant() and v.workflow_id = given.id), 0) + 1, given.hash, given.definition, given."publishedBy",
      coalesce(given.schemas, '{}'))
    returning * into made;
  end if;
  update workflows w set draft = case when w.draft is distinct from given.definition then w.draft end
  where w.tenant_id = current_tenant() and w.id = given.id;
  perform show_to_events(made, given."webhookTriggers");
  return version_json(made);
end $$;
