-- Secrets of a tenant, which its webhook triggers name, and what the doors of these triggers read.

-- sealed   written by the application, which alone can open it; bound to tenant and name
create table workflows.secrets (
  tenant_id uuid not null references workflows.tenants,
  name text not null check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  sealed text not null,
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, name)
);
alter table workflows.secrets enable row level security;
alter table workflows.secrets force row level security;
create policy tenant on workflows.secrets for all to wf_app
  using (tenant_id = (select workflows.current_tenant()))
  with check (tenant_id = (select workflows.current_tenant()));
grant select, insert, delete, update (sealed, updated_at) on workflows.secrets to wf_app;

-- secret_json: what is shown of a secret: never the value, not even sealed.
create function workflows.secret_json(s workflows.secrets) returns json
language sql stable as $$
  select json_build_object('name', s.name, 'createdAt', workflows.iso(s.created_at), 'updatedAt', workflows.iso(s.updated_at))
$$;

-- put_secret: creates the secret, or replaces its value.
create function workflows.put_secret(p_name text, p_sealed text) returns json
language sql set search_path = workflows, pg_temp as $$
  insert into secrets as s (tenant_id, name, sealed) values (current_tenant(), p_name, p_sealed)
  on conflict (tenant_id, name) do update set sealed = excluded.sealed, updated_at = workflows.now()
  returning secret_json(s)
$$;

create function workflows.list_secrets() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(secret_json(s) order by s.name), '[]'::json) from secrets s
$$;

-- delete_secret: false when the tenant has no such secret.
create function workflows.delete_secret(p_name text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  delete from secrets s where s.tenant_id = current_tenant() and s.name = p_name;
  return found;
end $$;

-- sealed_secret: the sealed value, or null. The only way out of the table.
create function workflows.sealed_secret(p_name text) returns text
language sql stable set search_path = workflows, pg_temp as $$
  select s.sealed from secrets s where s.name = p_name
$$;

-- contact_aliases_of: what a connection calls a contact: [{ kind, value }], oldest first; empty when it does not know it.
create function workflows.contact_aliases_of(p_contact_id uuid, p_connection_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('kind', a.kind, 'value', a.value) order by a.created_at, a.kind), '[]'::json)
  from contact_aliases a where a.contact_id = p_contact_id and a.connection_id = p_connection_id
$$;

-- execution_end: how a run ended: { status, error, output }, or null while it goes on. Small, because a door that waits
-- for the end asks again and again.
create function workflows.execution_end(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('status', e.status, 'error', e.state -> 'error', 'output', e.state -> 'output')
  from executions e where e.id = p_id and e.ended_at is not null
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.secret_json(workflows.secrets), workflows.put_secret(text, text), workflows.list_secrets(),
  workflows.delete_secret(text), workflows.sealed_secret(text), workflows.contact_aliases_of(uuid, uuid),
  workflows.execution_end(uuid) to wf_app;
