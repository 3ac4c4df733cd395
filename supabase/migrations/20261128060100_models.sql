-- Models of a tenant: profiles that workflows name, what calls cost, and how much may be spent.

-- What a worker does itself is brought back when it vanished, calls of models too. Of the function that brings it only
-- this one condition changes, so it is taken as it stands.
alter table workflows.effects drop constraint effects_kind_check;
alter table workflows.effects add constraint effects_kind_check check (kind in ('message', 'http', 'write', 'store', 'model'));
grant create on schema workflows to wf_road;
do $$
declare
  before constant text := 'f.kind in (''http'', ''store'') and f.state = ''sending''';
  bringer regprocedure;
begin
  select p.oid into strict bringer from pg_proc p
  where p.pronamespace = 'workflows'::regnamespace and position(before in p.prosrc) > 0 and p.proname in ('claim_mailboxes', 'mailbox_contents');
  execute replace(pg_get_functiondef(bringer), before, 'f.kind in (''http'', ''store'', ''model'') and f.state = ''sending''');
end $$;
revoke create on schema workflows from wf_road;

-- provider   openai_compatible | demo: demo marks what no real model has said
-- settings   { baseUrl, model, credential?, inputUsdPerMillion?, outputUsdPerMillion?, fallbacks?, timeoutMs? }
create table workflows.model_profiles (
  tenant_id uuid not null references workflows.tenants,
  name text not null check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  provider text not null check (provider in ('openai_compatible', 'demo')),
  settings jsonb not null,
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, name)
);

-- The most that a tenant spends in a calendar month (UTC). No row: no cap.
create table workflows.model_budgets (
  tenant_id uuid primary key references workflows.tenants,
  monthly_usd numeric not null check (monthly_usd >= 0),
  updated_at timestamptz not null default workflows.now()
);

-- What was spent, by month and profile.
create table workflows.model_usage (
  tenant_id uuid not null references workflows.tenants,
  month date not null,
  profile text not null,
  calls bigint not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost_usd numeric not null default 0,
  primary key (tenant_id, month, profile)
);

-- Money set aside for calls that are under way. key: execution and number of the effect, so that a call which is made
-- again after a crash finds its own.
create table workflows.model_reservations (
  tenant_id uuid not null references workflows.tenants,
  key text not null,
  month date not null,
  amount_usd numeric not null check (amount_usd >= 0),
  at timestamptz not null default workflows.now(),
  primary key (tenant_id, key)
);

do $$
declare
  name text;
begin
  foreach name in array array['model_profiles', 'model_budgets', 'model_usage', 'model_reservations'] loop
    execute format('alter table workflows.%I enable row level security', name);
    execute format('alter table workflows.%I force row level security', name);
    execute format('create policy tenant on workflows.%I for all to wf_app
      using (tenant_id = (select workflows.current_tenant()))
      with check (tenant_id = (select workflows.current_tenant()))', name);
  end loop;
end $$;
grant select, insert, delete, update (provider, settings, updated_at) on workflows.model_profiles to wf_app;
grant select, insert, delete, update (monthly_usd, updated_at) on workflows.model_budgets to wf_app;
grant select, insert, update (calls, input_tokens, output_tokens, cost_usd) on workflows.model_usage to wf_app;
grant select, insert, delete on workflows.model_reservations to wf_app;

create function workflows.model_profile_json(m workflows.model_profiles) returns json
language sql stable as $$
  select json_build_object('name', m.name, 'provider', m.provider, 'settings', m.settings,
    'createdAt', workflows.iso(m.created_at), 'updatedAt', workflows.iso(m.updated_at))
$$;

-- put_model_profile: creates the profile, or replaces it whole. p is JSON text { name, provider, settings }.
create function workflows.put_model_profile(p text) returns json
language sql set search_path = workflows, pg_temp as $$
  insert into model_profiles as m (tenant_id, name, provider, settings)
  select current_tenant(), i.name, i.provider, i.settings
  from jsonb_to_record(p::jsonb) as i(name text, provider text, settings jsonb)
  on conflict (tenant_id, name) do update
    set provider = excluded.provider, settings = excluded.settings, updated_at = workflows.now()
  returning model_profile_json(m)
$$;

create function workflows.list_model_profiles() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(model_profile_json(m) order by m.name), '[]'::json) from model_profiles m
$$;

-- get_model_profile: null when the tenant has no such profile.
create function workflows.get_model_profile(p_name text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select model_profile_json(m) from model_profiles m where m.tenant_id = current_tenant() and m.name = p_name
$$;

-- delete_model_profile: false when the tenant has no such profile.
create function workflows.delete_model_profile(p_name text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
begin
  delete from model_profiles m where m.tenant_id = current_tenant() and m.name = p_name;
  return found;
end $$;

-- set_model_budget: null takes the cap away. Answers { monthlyUsd }.
create function workflows.set_model_budget(p_monthly_usd numeric) returns json
language plpgsql set search_path = workflows, pg_temp as $$
begin
  if p_monthly_usd is null then
    delete from model_budgets b where b.tenant_id = current_tenant();
  else
    insert into model_budgets (tenant_id, monthly_usd) values (current_tenant(), p_monthly_usd)
    on conflict (tenant_id) do update set monthly_usd = excluded.monthly_usd, updated_at = workflows.now();
  end if;
  return json_build_object('monthlyUsd', p_monthly_usd);
end $$;

-- reserve_model_cost: sets money aside for a call, once for its key.
--   p_amount   the most that the call may cost; null: nobody knows
-- Answers { outcome: reserved | over | unpriced }; unpriced: there is a cap, and nobody knows what the call costs. The row
-- of the budget is locked, so that calls at the same time do not spend the same money.
create function workflows.reserve_model_cost(p_key text, p_amount numeric) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  this_month constant date := date_trunc('month', workflows.now() at time zone 'UTC')::date;
  cap numeric;
  taken numeric;
begin
  select b.monthly_usd into cap from model_budgets b where b.tenant_id = current_tenant() for update;
  if cap is not null and p_amount is null then return json_build_object('outcome', 'unpriced'); end if;
  if cap is not null and not exists (
    select from model_reservations r where r.tenant_id = current_tenant() and r.key = p_key) then
    select coalesce((select sum(u.cost_usd) from model_usage u where u.tenant_id = current_tenant() and u.month = this_month), 0)
      + coalesce((select sum(r.amount_usd) from model_reservations r where r.tenant_id = current_tenant() and r.month = this_month), 0)
      into taken;
    if taken + p_amount > cap then return json_build_object('outcome', 'over'); end if;
  end if;
  insert into model_reservations (tenant_id, key, month, amount_usd)
  values (current_tenant(), p_key, this_month, coalesce(p_amount, 0)) on conflict do nothing;
  return json_build_object('outcome', 'reserved');
end $$;

-- settle_model_cost: the call is over. Counts what it took in place of what was set aside.
-- p is JSON text { key, profile, calls, inputTokens, outputTokens, costUsd }.
create function workflows.settle_model_cost(p text) returns void
language plpgsql set search_path = workflows, pg_temp as $$
declare
  done record;
  reserved_in date;
begin
  select * into done from jsonb_to_record(p::jsonb)
    as i(key text, profile text, calls int, "inputTokens" int, "outputTokens" int, "costUsd" numeric);
  delete from model_reservations r where r.tenant_id = current_tenant() and r.key = done.key returning r.month into reserved_in;
  if done.calls = 0 then return; end if;
  insert into model_usage as u (tenant_id, month, profile, calls, input_tokens, output_tokens, cost_usd)
  values (current_tenant(), coalesce(reserved_in, date_trunc('month', workflows.now() at time zone 'UTC')::date), done.profile,
    done.calls, done."inputTokens", done."outputTokens", done."costUsd")
  on conflict (tenant_id, month, profile) do update set calls = u.calls + excluded.calls,
    input_tokens = u.input_tokens + excluded.input_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
    cost_usd = u.cost_usd + excluded.cost_usd;
end $$;

-- model_spending: { monthlyUsd, month, spentUsd, reservedUsd, items: [by month and profile, the newest month first] }.
create function workflows.model_spending() returns json
language sql stable set search_path = workflows, pg_temp as $$
  with now as (select date_trunc('month', workflows.now() at time zone 'UTC')::date as month)
  select json_build_object(
    'monthlyUsd', (select b.monthly_usd from model_budgets b where b.tenant_id = current_tenant()),
    'month', to_char(now.month, 'YYYY-MM'),
    'spentUsd', (select coalesce(sum(u.cost_usd), 0) from model_usage u where u.tenant_id = current_tenant() and u.month = now.month),
    'reservedUsd', (select coalesce(sum(r.amount_usd), 0) from model_reservations r
      where r.tenant_id = current_tenant() and r.month = now.month),
    'items', (select coalesce(json_agg(json_build_object('month', to_char(u.month, 'YYYY-MM'), 'profile', u.profile,
        'calls', u.calls, 'inputTokens', u.input_tokens, 'outputTokens', u.output_tokens, 'costUsd', u.cost_usd)
        order by u.month desc, u.profile), '[]'::json)
      from model_usage u where u.tenant_id = current_tenant() and u.month > now.month - interval '1 year'))
  from now
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.model_profile_json(workflows.model_profiles), workflows.put_model_profile(text),
  workflows.list_model_profiles(), workflows.get_model_profile(text), workflows.delete_model_profile(text),
  workflows.set_model_budget(numeric), workflows.reserve_model_cost(text, numeric), workflows.settle_model_cost(text),
  workflows.model_spending() to wf_app;
