-- The schema and the three roles that act in it. None of them owns a table, none may log in, none bypasses RLS.
--   wf_app       what the engine acts as: calls functions, and reads tables only as one tenant
--   wf_road      owns the functions of the road, which work over many tenants at once; may touch the road's tables only
--   wf_operator  owns the functions of the operator (tenants, API keys); may touch these two tables only
-- Roles belong to the whole server, so another database of it may have made them already. No superuser is needed:
-- CREATEROLE is enough, as on a hosted Supabase.
create schema if not exists workflows;

do $$
declare
  role_name text;
begin
  foreach role_name in array array['wf_app', 'wf_road', 'wf_operator'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin', role_name);
      exception
        -- Two databases of one server are migrated at the same moment.
        when duplicate_object or unique_violation then null;
      end;
    end if;
    -- To hand a function over to a role, one has to be its member.
    execute format('grant %I to current_user', role_name);
  end loop;
end $$;

grant usage on schema workflows to wf_app, wf_road, wf_operator;

-- now: the only clock of the schema. Everything that asks for the time asks here, so that a test can move it.
--   result   the start of the transaction
--   callers  every function and default of the schema; plain SQL, so that the planner puts its body in place
create function workflows.now() returns timestamptz
language sql stable as $$ select pg_catalog.now() $$;

-- iso: an instant as the engine writes it, ISO 8601 in UTC with milliseconds; sorts as text.
create function workflows.iso(instant timestamptz) returns text
language sql stable as $$ select pg_catalog.to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- current_tenant: the tenant of this transaction, or null outside of one. The policies rest on it. A setting that was
-- local to an earlier transaction reads '' and not null, hence nullif.
create function workflows.current_tenant() returns uuid
language sql stable as $$ select nullif(pg_catalog.current_setting('app.tenant_id', true), '')::uuid $$;
