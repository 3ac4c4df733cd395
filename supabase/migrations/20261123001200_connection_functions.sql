-- Connections of the tenant of the transaction. Secrets come in sealed and go out sealed, and only by connection_account.
create function workflows.connection_json(c workflows.connections) returns json
language sql stable as $$
  select json_build_object('id', c.id, 'channel', c.channel, 'name', c.name, 'account', c.account, 'settings', c.settings,
    'secretsSet', coalesce((select json_agg(name order by name) from jsonb_object_keys(c.secrets) name), '[]'::json),
    'status', c.status, 'createdAt', workflows.iso(c.created_at), 'updatedAt', workflows.iso(c.updated_at))
$$;

-- refuse_connection: says which of the two names was taken.
create function workflows.refuse_connection(p_constraint text) returns void
language sql as $$
  select workflows.refuse('conflict', case p_constraint
    when 'connections_account' then 'account: this account of the channel is connected already. An account belongs to one connection.'
    else 'name: another connection of the tenant has it. Choose another one.' end)
$$;

-- create_connection: p is JSON text { id?, channel, name, account, settings, secrets: { name: sealed } }.
create function workflows.create_connection(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  made connections;
  broken text;
begin
  insert into connections (tenant_id, id, channel, name, account, settings, secrets)
  select current_tenant(), coalesce(i.id, gen_random_uuid()), i.channel, i.name, i.account, coalesce(i.settings, '{}'), coalesce(i.secrets, '{}')
  from json_to_record(p::json) as i(id uuid, channel text, name text, account text, settings jsonb, secrets jsonb)
  returning * into made;
  return connection_json(made);
exception
  when unique_violation then
    get stacked diagnostics broken = constraint_name;
    perform refuse_connection(broken);
end $$;

-- update_connection: p is JSON text { name?, settings?, secrets?, status? }. Given secrets replace those of the same name,
-- null removes one, the others stay. Null when the tenant has no such connection.
create function workflows.update_connection(p_id uuid, p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  changed connections;
  broken text;
begin
  update connections c set name = coalesce(i.name, c.name), settings = coalesce(i.settings, c.settings),
    secrets = jsonb_strip_nulls(c.secrets || coalesce(i.secrets, '{}')), status = coalesce(i.status, c.status),
    updated_at = workflows.now()
  from json_to_record(p::json) as i(name text, settings jsonb, secrets jsonb, status text)
  where c.tenant_id = current_tenant() and c.id = p_id returning c.* into changed;
  return case when changed.id is not null then connection_json(changed) end;
exception
  when unique_violation then
    get stacked diagnostics broken = constraint_name;
    perform refuse_connection(broken);
end $$;

create function workflows.get_connection(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select connection_json(c) from connections c where c.id = p_id
$$;

create function workflows.find_connection(p_name text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select connection_json(c) from connections c where c.name = p_name
$$;

create function workflows.list_connections() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(connection_json(c) order by c.created_at, c.id), '[]'::json) from connections c
$$;

-- connection_account: what a send needs: { connectionId, channel, account, settings, sealed, status, updatedAt }.
create function workflows.connection_account(p_id uuid) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('connectionId', c.id, 'channel', c.channel, 'account', c.account, 'settings', c.settings,
    'sealed', c.secrets, 'status', c.status, 'updatedAt', iso(c.updated_at))
  from connections c where c.id = p_id
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.connection_json(workflows.connections), workflows.refuse_connection(text),
  workflows.create_connection(text), workflows.update_connection(uuid, text), workflows.get_connection(uuid),
  workflows.find_connection(text), workflows.list_connections(), workflows.connection_account(uuid) to wf_app;
