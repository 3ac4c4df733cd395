-- Tenants, their API keys and their data keys.
grant create on schema workflows to wf_operator;

create function workflows.tenant_json(t workflows.tenants) returns json
language sql stable as $$
  select json_build_object('id', t.tenant_id, 'slug', t.slug, 'name', t.name, 'timezone', t.timezone, 'locale', t.locale,
    'settings', t.settings, 'createdAt', workflows.iso(t.created_at))
$$;

create function workflows.api_key_json(k workflows.api_keys) returns json
language sql stable as $$
  select json_build_object('id', k.id, 'tenantId', k.tenant_id, 'name', k.name, 'prefix', k.prefix, 'scopes', k.scopes,
    'createdAt', workflows.iso(k.created_at), 'expiresAt', workflows.iso(k.expires_at),
    'lastUsedAt', workflows.iso(k.last_used_at), 'revokedAt', workflows.iso(k.revoked_at))
$$;

-- create_tenant: p is JSON text { slug, name, timezone?, locale?, settings? }. Operator only.
create function workflows.create_tenant(p text) returns json
language plpgsql security definer set search_path = workflows, pg_temp as $$
declare
  made tenants;
begin
  insert into tenants (slug, name, timezone, locale, settings)
  select i.slug, i.name, coalesce(i.timezone, 'UTC'), coalesce(i.locale, 'en'), coalesce(i.settings, '{}')
  from json_to_record(p::json) as i(slug text, name text, timezone text, locale text, settings jsonb)
  returning * into made;
  return tenant_json(made);
exception
  when unique_violation then
    perform refuse('conflict', 'slug: another tenant has it. Choose another one.');
end $$;

-- find_tenant: by id or by slug; null when there is none. Operator only.
create function workflows.find_tenant(p_key text) returns json
language sql stable security definer set search_path = workflows, pg_temp as $$
  select tenant_json(t) from tenants t where t.slug = p_key or t.tenant_id::text = lower(p_key)
$$;

-- list_tenants: a page of all tenants, oldest first. Operator only.
create function workflows.list_tenants(p_limit int, p_cursor text) returns json
language sql stable security definer set search_path = workflows, pg_temp as $$
  select json_build_object('items', coalesce(json_agg(tenant_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max(cursor_after((t.row).created_at, (t.row).tenant_id::text)) filter (where t.n = p_limit) end)
  from (
    select x as row, row_number() over (order by x.created_at, x.tenant_id) as n from tenants x
    where p_cursor is null or (x.created_at, x.tenant_id) > (cursor_at(p_cursor), cursor_uuid(p_cursor))
    order by x.created_at, x.tenant_id limit page_size(p_limit) + 1) t
$$;

-- find_api_key: a key by its prefix, with its hash, whatever its tenant; null when there is none. The caller compares
-- the hash and looks at expiry and revocation. Operator only: at this moment nobody knows the tenant yet.
create function workflows.find_api_key(p_prefix text) returns json
language sql stable security definer set search_path = workflows, pg_temp as $$
  select json_build_object('key', api_key_json(k), 'hash', k.hash) from api_keys k where k.prefix = p_prefix
$$;

-- touch_api_key: notes that a key was used, at most once a minute. Operator only.
create function workflows.touch_api_key(p_tenant_id uuid, p_id uuid) returns void
language sql security definer set search_path = workflows, pg_temp as $$
  update api_keys k set last_used_at = workflows.now()
  where k.tenant_id = p_tenant_id and k.id = p_id
    and (k.last_used_at is null or k.last_used_at < workflows.now() - interval '1 minute')
$$;

-- get_tenant, update_tenant: the tenant of the transaction. p is JSON text { name?, timezone?, locale?, settings? }.
create function workflows.get_tenant() returns json
language sql stable set search_path = workflows, pg_temp as $$ select tenant_json(t) from tenants t $$;

create function workflows.update_tenant(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  changed tenants;
begin
  update tenants t set name = coalesce(i.name, t.name), timezone = coalesce(i.timezone, t.timezone),
    locale = coalesce(i.locale, t.locale), settings = coalesce(i.settings, t.settings)
  from json_to_record(p::json) as i(name text, timezone text, locale text, settings jsonb)
  where t.tenant_id = current_tenant() returning t.* into changed;
  return tenant_json(changed);
end $$;

-- create_api_key: p is JSON text { name, prefix, hash, scopes, expiresAt? }; the key itself never comes here.
create function workflows.create_api_key(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  made api_keys;
begin
  insert into api_keys (tenant_id, name, prefix, hash, scopes, expires_at)
  select current_tenant(), i.name, i.prefix, i.hash, array(select jsonb_array_elements_text(i.scopes)), i."expiresAt"
  from json_to_record(p::json) as i(name text, prefix text, hash text, scopes jsonb, "expiresAt" timestamptz)
  returning * into made;
  return api_key_json(made);
end $$;

create function workflows.list_api_keys() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(api_key_json(k) order by k.created_at, k.id), '[]'::json) from api_keys k
$$;

-- revoke_api_key: false when the tenant has no such key. A second time changes nothing.
create function workflows.revoke_api_key(p_id uuid) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  update api_keys k set revoked_at = coalesce(k.revoked_at, workflows.now()) where k.tenant_id = current_tenant() and k.id = p_id;
  return found;
end $$;

-- data_keys: the tenant's wrapped data keys, newest first: [{ version, wrapped }].
create function workflows.data_keys() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('version', k.version, 'wrapped', k.wrapped) order by k.version desc), '[]'::json)
  from tenant_keys k
$$;

-- keep_data_key: stores a new wrapped key as p_version, unless another process was faster: then that one is answered.
create function workflows.keep_data_key(p_version int, p_wrapped text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
begin
  insert into tenant_keys (tenant_id, version, wrapped) values (current_tenant(), p_version, p_wrapped::jsonb) on conflict do nothing;
  return (select json_build_object('version', k.version, 'wrapped', k.wrapped) from tenant_keys k
    where k.tenant_id = current_tenant() and k.version = p_version);
end $$;

-- rewrap_data_key: the same key, wrapped by a newer key of the ring.
create function workflows.rewrap_data_key(p_version int, p_wrapped text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  update tenant_keys k set wrapped = p_wrapped::jsonb where k.tenant_id = current_tenant() and k.version = p_version;
  return found;
end $$;

alter function workflows.create_tenant(text) owner to wf_operator;
alter function workflows.find_tenant(text) owner to wf_operator;
alter function workflows.list_tenants(int, text) owner to wf_operator;
alter function workflows.find_api_key(text) owner to wf_operator;
alter function workflows.touch_api_key(uuid, uuid) owner to wf_operator;
revoke create on schema workflows from wf_operator;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.tenant_json(workflows.tenants), workflows.api_key_json(workflows.api_keys) to wf_app, wf_operator;
grant execute on function workflows.create_tenant(text), workflows.find_tenant(text), workflows.list_tenants(int, text),
  workflows.find_api_key(text), workflows.touch_api_key(uuid, uuid), workflows.get_tenant(), workflows.update_tenant(text),
  workflows.create_api_key(text), workflows.list_api_keys(), workflows.revoke_api_key(uuid), workflows.data_keys(),
  workflows.keep_data_key(int, text), workflows.rewrap_data_key(int, text) to wf_app;
