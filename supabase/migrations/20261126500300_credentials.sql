-- Credentials of a tenant, which its HTTP nodes name.

-- type      bearer | header | basic | query: how it is sent
-- hosts     where it may be sent, as "host" or "host:port"
-- settings  what is no secret: { header } | { username } | { parameter }
-- sealed    written by the application, which alone can open it; bound to tenant and name
create table workflows.credentials (
  tenant_id uuid not null references workflows.tenants,
  name text not null check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  type text not null check (type in ('bearer', 'header', 'basic', 'query')),
  hosts text[] not null check (cardinality(hosts) between 1 and 20),
  settings jsonb not null,
  sealed text not null,
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, name)
);
alter table workflows.credentials enable row level security;
alter table workflows.credentials force row level security;
create policy tenant on workflows.credentials for all to wf_app
  using (tenant_id = (select workflows.current_tenant()))
  with check (tenant_id = (select workflows.current_tenant()));
grant select, insert, delete, update (type, hosts, settings, sealed, updated_at) on workflows.credentials to wf_app;

-- credential_json: what is shown of a credential: never the secret, not even sealed.
create function workflows.credential_json(c workflows.credentials) returns json
language sql stable as $$
  select json_build_object('name', c.name, 'type', c.type, 'hosts', c.hosts, 'settings', c.settings,
    'createdAt', workflows.iso(c.created_at), 'updatedAt', workflows.iso(c.updated_at))
$$;

-- put_credential: creates the credential, or replaces it whole. p is JSON text { name, type, hosts, settings, sealed }.
create function workflows.put_credential(p text) returns json
language sql set search_path = workflows, pg_temp as $$
  insert into credentials as c (tenant_id, name, type, hosts, settings, sealed)
  select current_tenant(), i.name, i.type, array(select jsonb_array_elements_text(i.hosts)), i.settings, i.sealed
  from jsonb_to_record(p::jsonb) as i(name text, type text, hosts jsonb, settings jsonb, sealed text)
  on conflict (tenant_id, name) do update set type = excluded.type, hosts = excluded.hosts, settings = excluded.settings,
    sealed = excluded.sealed, updated_at = workflows.now()
  returning credential_json(c)
$$;

create function workflows.list_credentials() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(credential_json(c) order by c.name), '[]'::json) from credentials c
$$;

-- delete_credential: false when the tenant has no such credential.
create function workflows.delete_credential(p_name text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  delete from credentials c where c.tenant_id = current_tenant() and c.name = p_name;
  return found;
end $$;

-- sealed_credential: { type, hosts, settings, sealed }, or null. The only way out for the sealed value.
create function workflows.sealed_credential(p_name text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('type', c.type, 'hosts', c.hosts, 'settings', c.settings, 'sealed', c.sealed)
  from credentials c where c.name = p_name
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.credential_json(workflows.credentials), workflows.put_credential(text),
  workflows.list_credentials(), workflows.delete_credential(text), workflows.sealed_credential(text) to wf_app;
