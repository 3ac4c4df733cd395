-- The webhook door asks for many addresses in one call, and learns at once how often their tenants have published.
grant create on schema workflows to wf_road;
drop function workflows.find_webhook_endpoint(text);

-- find_webhooks: what unguessable webhook addresses lead to.
--   p         JSON text: array of addresses; what is no uuid leads nowhere
--   result    by position: WebhookTarget, or null: unknown address or nothing published
--   caller    WorkflowStore, for the webhook door
create function workflows.find_webhooks(p text) returns json
language plpgsql stable security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
begin
  return (select coalesce(json_agg((
      select json_build_object('tenantId', e.tenant_id, 'workflowId', e.workflow_id, 'trigger', e.trigger_id,
        'versionId', w.published_version_id, 'revision', coalesce((select r.revision from workflow_revisions r
          where r.tenant_id = e.tenant_id limit 1), 0))
      from webhook_endpoints e cross join lateral (select x.published_version_id from workflows x
        where x.tenant_id = e.tenant_id and x.id = e.workflow_id limit 1) w
      where e.id = a.address and w.published_version_id is not null limit 1) order by a.n), '[]'::json)
    from (select i.n, case when i.id ~ '^[0-9a-fA-F-]{36}$' then i.id::uuid end as address
      from json_array_elements_text(p::json) with ordinality i(id, n)) a);
end $$;

alter function workflows.find_webhooks(text) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.find_webhooks(text) to wf_app;
