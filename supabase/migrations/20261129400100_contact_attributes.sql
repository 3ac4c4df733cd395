-- What the contacts of a tenant have under contact.attributes: a schema of the language, an object without required fields.
alter table workflows.tenants add column attributes jsonb;
grant update (attributes) on workflows.tenants to wf_app;

-- contact_attributes: the schema of the tenant; null as long as it has none.
create function workflows.contact_attributes() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select t.attributes::json from tenants t where t.tenant_id = current_tenant()
$$;

-- put_contact_attributes: replaces the schema. The caller has checked it.
create function workflows.put_contact_attributes(p_schema text) returns json
language sql set search_path = workflows, pg_temp as $$
  update tenants t set attributes = p_schema::jsonb where t.tenant_id = current_tenant() returning t.attributes::json
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.contact_attributes(), workflows.put_contact_attributes(text) to wf_app;
