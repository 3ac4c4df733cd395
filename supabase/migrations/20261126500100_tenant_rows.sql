-- Tables of a tenant: rows that its workflows read and write, and what makes a write of a run happen once.

-- columns    JSON Schema of a row's value, an object
-- version    moves with each change of the columns; who writes says which ones it has checked its value against
-- writes     moves with each write of a row, and is that row's version: a row that is deleted and made again never gets
--            a version that it had before
-- row_count, bytes   kept by the writes themselves, under the lock of this row
create table workflows.data_tables (
  tenant_id uuid not null references workflows.tenants,
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
  columns jsonb not null,
  version int not null default 1,
  writes bigint not null default 0,
  row_count int not null default 0,
  bytes bigint not null default 0,
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, name)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- Ids compare byte by byte, so that pages and the rehearsal of a workflow have one order on every machine.
create table workflows.data_rows (
  tenant_id uuid not null,
  table_name text not null,
  id text collate "C" not null check (length(id) between 1 and 200),
  version bigint not null,
  value jsonb not null,
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, table_name, id),
  foreign key (tenant_id, table_name) references workflows.data_tables (tenant_id, name)
) with (fillfactor = 90);

-- What writes of steps have answered. A step that is done again after a crash gets the first answer and writes nothing.
create table workflows.store_writes (
  tenant_id uuid not null,
  execution_id uuid not null,
  idempotency_key text not null,
  answer jsonb not null,
  at timestamptz not null default workflows.now(),
  primary key (tenant_id, execution_id, idempotency_key),
  foreign key (tenant_id) references workflows.tenants
);
create index store_writes_by_age on workflows.store_writes (at);

do $$
declare
  table_name text;
begin
  foreach table_name in array array['data_tables', 'data_rows', 'store_writes'] loop
    execute format('alter table workflows.%I enable row level security', table_name);
    execute format('alter table workflows.%I force row level security', table_name);
    execute format(
      'create policy tenant on workflows.%I for all to wf_app'
      ' using (tenant_id = (select workflows.current_tenant()))'
      ' with check (tenant_id = (select workflows.current_tenant()))', table_name);
  end loop;
end $$;
create policy road on workflows.store_writes for all to wf_road using (true) with check (true);
grant select, insert, delete on workflows.data_tables, workflows.data_rows to wf_app;
grant update (columns, version, writes, row_count, bytes, updated_at) on workflows.data_tables to wf_app;
grant update (version, value, updated_at) on workflows.data_rows to wf_app;
grant select, insert on workflows.store_writes to wf_app;
grant select, delete on workflows.store_writes to wf_road;

-- table_json: DataTableRecord (libs/ports/src/records.ts)
create function workflows.table_json(t workflows.data_tables) returns json
language sql stable as $$
  select json_build_object('name', t.name, 'columns', t.columns, 'version', t.version, 'rows', t.row_count, 'bytes', t.bytes,
    'createdAt', workflows.iso(t.created_at), 'updatedAt', workflows.iso(t.updated_at))
$$;

-- row_json: a row as its readers see it
create function workflows.row_json(r workflows.data_rows) returns jsonb
language sql stable as $$ select r.value || jsonb_build_object('id', r.id, 'version', r.version) $$;

create function workflows.create_table(p_name text, p_columns text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  made data_tables;
begin
  if (select count(*) from data_tables) >= 200 then
    perform refuse('conflict', 'A tenant has at most 200 tables. Delete one that is not used any more.');
  end if;
  insert into data_tables (tenant_id, name, columns) values (current_tenant(), p_name, p_columns::jsonb) returning * into made;
  return table_json(made);
exception
  when unique_violation then perform refuse('conflict', 'name: the tenant has a table of this name already. Choose another one.');
end $$;

-- change_table: new columns for a table that is as the writer has seen it.
--   p_expected   version of the columns that the writer has seen
--   p_empty      true: only while the table has no rows, because rows might not fit
--   result       DataTableRecord, or null when there is no such table
create function workflows.change_table(p_name text, p_columns text, p_expected int, p_empty boolean) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  found_table data_tables;
begin
  select t.* into found_table from data_tables t where t.tenant_id = current_tenant() and t.name = p_name for no key update;
  if not found then return null; end if;
  if found_table.version <> p_expected then
    perform refuse('precondition', 'The table has changed since you read it. Read it again, put your change on top, and send it with the new ETag.');
  end if;
  if p_empty and found_table.row_count > 0 then
    perform refuse('conflict', 'The table has rows by now, which might not fit the new columns. Add optional columns only.');
  end if;
  update data_tables t set columns = p_columns::jsonb, version = t.version + 1, updated_at = workflows.now()
  where t.tenant_id = current_tenant() and t.name = p_name returning t.* into found_table;
  return table_json(found_table);
end $$;

create function workflows.get_table(p_name text) returns json
language sql stable set search_path = workflows, pg_temp as $$ select table_json(t) from data_tables t where t.name = p_name $$;

create function workflows.list_tables() returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(table_json(t) order by t.name), '[]'::json) from data_tables t
$$;

-- delete_table: with its rows; false when there is none. Refused while a workflow that can start, or a run that goes on,
-- names it.
create function workflows.delete_table(p_name text) returns boolean
language plpgsql set search_path = workflows, pg_temp as $$
declare
  user_of_it text;
begin
  perform from data_tables t where t.tenant_id = current_tenant() and t.name = p_name for update;
  if not found then return false; end if;
  select v.workflow_id into user_of_it from workflow_versions v
  where jsonb_path_exists(v.definition, '$.**.table ? (@ == $name)', jsonb_build_object('name', p_name))
    and (exists (select from workflows w where w.tenant_id = v.tenant_id and w.published_version_id = v.id)
      or exists (select from executions e where e.tenant_id = v.tenant_id and e.workflow_version_id = v.id and e.ended_at is null and e.revision > 0))
  order by 1 limit 1;
  if user_of_it is not null then
    perform refuse('conflict', format('The workflow "%s" uses the table: it is published, or runs of it go on. Publish it without the table and let its runs end.', user_of_it));
  end if;
  delete from data_rows r where r.tenant_id = current_tenant() and r.table_name = p_name;
  delete from data_tables t where t.tenant_id = current_tenant() and t.name = p_name;
  return true;
end $$;

create function workflows.get_row(p_table text, p_id text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select row_json(r) from data_rows r where r.table_name = p_table and r.id = p_id
$$;

-- list_rows: a page, by id; the cursor is the last id.
create function workflows.list_rows(p_table text, p_limit int, p_cursor text) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select json_build_object('items', coalesce(json_agg(row_json(t.row) order by t.n) filter (where t.n <= p_limit), '[]'::json),
    'nextCursor', case when count(*) > p_limit then max((t.row).id) filter (where t.n = p_limit) end)
  from (
    select r as row, row_number() over (order by r.id) as n from data_rows r
    where r.table_name = p_table and (p_cursor is null or r.id > p_cursor)
    order by r.id limit page_size(p_limit) + 1) t
$$;

-- fits_condition: does a value of a row fulfil one condition? An absent value equals null, and is neither more nor less
-- than anything. Texts compare byte by byte.
create function workflows.fits_condition(p_actual jsonb, p_op text, p_wanted jsonb) returns boolean
language sql immutable as $$
  select coalesce(case p_op
    when 'eq' then case when p_wanted = 'null' then p_actual is null else p_actual = p_wanted end
    when 'ne' then case when p_wanted = 'null' then p_actual is not null else p_actual is distinct from p_wanted end
    when 'in' then exists (select from jsonb_array_elements(p_wanted) choice where choice = p_actual)
    else jsonb_typeof(p_actual) = jsonb_typeof(p_wanted) and case jsonb_typeof(p_actual)
      when 'string' then case p_op
        when 'lt' then (p_actual #>> '{}') collate "C" < (p_wanted #>> '{}')
        when 'lte' then (p_actual #>> '{}') collate "C" <= (p_wanted #>> '{}')
        when 'gt' then (p_actual #>> '{}') collate "C" > (p_wanted #>> '{}')
        when 'gte' then (p_actual #>> '{}') collate "C" >= (p_wanted #>> '{}') end
      else case p_op
        when 'lt' then p_actual < p_wanted
        when 'lte' then p_actual <= p_wanted
        when 'gt' then p_actual > p_wanted
        when 'gte' then p_actual >= p_wanted end end
    end, false)
$$;

-- find_rows: the rows of a table that fulfil all conditions, in an order.
--   p        JSON text { table, where: [{ column, op, value }], orderBy?, descending, limit }; names and values are data
--            here and never become part of a statement
--   result   { outcome: found, rows } | { outcome: missing } | { outcome: too_large }: together more than 256 KB
-- Reads the rows of one table of one tenant by their key, and a table is limited in rows and bytes (write_row), so no
-- search can read more. Equal values are told first, and cheaply, by containment.
create function workflows.find_rows(p text) returns json
language plpgsql stable set search_path = workflows, pg_temp
  set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  given record;
  equal jsonb;
  others jsonb;
  answer json;
begin
  select * into given from jsonb_to_record(p::jsonb) as i("table" text, "where" jsonb, "orderBy" text, descending boolean, "limit" int);
  if not exists (select from data_tables t where t.name = given."table") then return '{"outcome":"missing"}'; end if;
  select coalesce(jsonb_object_agg(c ->> 'column', c -> 'value') filter (where is_plain), '{}'),
    coalesce(jsonb_agg(c) filter (where not is_plain), '[]') into equal, others
  from (select c, c ->> 'op' = 'eq' and c ->> 'column' not in ('id', 'version')
      and jsonb_typeof(c -> 'value') in ('string', 'number', 'boolean')
      and row_number() over (partition by c ->> 'column', c ->> 'op') = 1 as is_plain
    from jsonb_array_elements(given."where") c) conditions;
  select case when coalesce(sum(octet_length(x.shown::text)), 0) > 262144 then '{"outcome":"too_large"}'::json
    else json_build_object('outcome', 'found', 'rows', coalesce(json_agg(x.shown order by x.place), '[]'::json)) end into answer
  from (
    select f.shown, row_number() over (order by f.key is null,
        case when given.descending and jsonb_typeof(f.key) <> 'string' then f.key end desc,
        case when given.descending and jsonb_typeof(f.key) = 'string' then f.key #>> '{}' end collate "C" desc,
        case when not given.descending and jsonb_typeof(f.key) <> 'string' then f.key end,
        case when not given.descending and jsonb_typeof(f.key) = 'string' then f.key #>> '{}' end collate "C",
        f.id) as place
    from (
      select s.shown, s.shown -> given."orderBy" as key, s.id from (
        select row_json(r) as shown, r.id from data_rows r
        where r.table_name = given."table" and r.value @> equal) s
      where not exists (select from jsonb_array_elements(others) c
        where not fits_condition(s.shown -> (c ->> 'column'), c ->> 'op', c -> 'value'))) f
    order by place
    limit given."limit") x;
  return answer;
end $$;

-- earlier_write: what the write of a step has answered before; null: it was not done yet. { outcome: fenced } when the run is in
-- other hands by now. Called with the lock of what is to be written, so that two who do the same step cannot both miss.
--   p_step   { executionId, idempotencyKey, mailboxId, leaseToken }, or null for a write that is no run's
create function workflows.earlier_write(p_step jsonb) returns jsonb
language plpgsql stable set search_path = workflows, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  if p_step is null then return null; end if;
  perform from mailboxes b where b.tenant_id = current_tenant() and b.id = (p_step ->> 'mailboxId')::uuid
    and b.lease_token = (p_step ->> 'leaseToken')::bigint and b.lease_until is not null;
  if not found then return '{"outcome":"fenced"}'; end if;
  return (select w.answer from store_writes w where w.tenant_id = current_tenant()
    and w.execution_id = (p_step ->> 'executionId')::uuid and w.idempotency_key = p_step ->> 'idempotencyKey');
end $$;

-- remember_write: keeps the answer of a step's write, in the transaction that did it.
create function workflows.remember_write(p_step jsonb, p_answer jsonb) returns void
language sql set search_path = workflows, pg_temp as $$
  insert into store_writes (tenant_id, execution_id, idempotency_key, answer)
  select current_tenant(), (p_step ->> 'executionId')::uuid, p_step ->> 'idempotencyKey', p_answer where p_step is not null
$$;

-- write_row: one change of one row, once.
--   p   JSON text { table, columns, op: put | merge | delete | increment, key, value, ifVersion?, step? }
--       columns     version of the columns that the value was checked against
--       value       put: the row; merge: columns to set, null removes; increment: amounts
--       ifVersion   the row's version that the writer has seen; 0: there is none
--       step        see earlier_write
--   result   { outcome: done, version }: 0 when the row is not there any more
--            { outcome: conflict, version } the row has another version
--            { outcome: stale } other columns by now     { outcome: missing } no such table
--            { outcome: incomplete | out_of_range, column } the row that it would become
--            { outcome: too_large | full }               { outcome: fenced } see earlier_write
--   callers  TableStore
-- Writers of one table queue for its row: its counters are exact, and no write meets columns that it was not checked
-- against.
create function workflows.write_row(p text) returns json
language plpgsql set search_path = workflows, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  max_rows constant int := 100000;
  max_bytes constant bigint := 64 * 1024 * 1024;
  max_row_bytes constant int := 64 * 1024;
  given record;
  t data_tables;
  r data_rows;
  becomes jsonb;
  amount record;
  wrong text;
  answer jsonb;
  grows bigint;
begin
  select * into given from jsonb_to_record(p::jsonb) as i("table" text, columns int, op text, key text, value jsonb,
    "ifVersion" bigint, step jsonb);
  select * into t from data_tables d where d.tenant_id = current_tenant() and d.name = given."table" for no key update;
  if not found then return '{"outcome":"missing"}'; end if;
  answer := earlier_write(given.step);
  if answer is not null then return answer; end if;
  if t.version <> given.columns then return '{"outcome":"stale"}'; end if;
  select * into r from data_rows x where x.tenant_id = t.tenant_id and x.table_name = t.name and x.id = given.key;
  if given."ifVersion" <> coalesce(r.version, 0) then
    return json_build_object('outcome', 'conflict', 'version', coalesce(r.version, 0));
  end if;

  if given.op = 'delete' then
    if r.id is not null then
      delete from data_rows x where x.tenant_id = t.tenant_id and x.table_name = t.name and x.id = given.key;
      update data_tables d set row_count = d.row_count - 1, bytes = d.bytes - octet_length(r.value::text)
      where d.tenant_id = t.tenant_id and d.name = t.name;
    end if;
    answer := '{"outcome":"done","version":0}';
    perform remember_write(given.step, answer);
    return answer;
  end if;

  becomes := case given.op when 'put' then given.value else coalesce(r.value, '{}') end;
  if given.op = 'merge' then becomes := jsonb_strip_nulls(becomes || given.value); end if;
  if given.op = 'increment' then
    for amount in select key, value from jsonb_each(given.value) loop
      becomes := becomes || jsonb_build_object(amount.key,
        coalesce((becomes ->> amount.key)::numeric, 0) + (amount.value #>> '{}')::numeric);
      select amount.key into wrong from jsonb_to_record(t.columns -> 'properties' -> amount.key)
        as c(type text, minimum numeric, maximum numeric, "exclusiveMinimum" numeric, "exclusiveMaximum" numeric)
      where (becomes ->> amount.key)::numeric < c.minimum or (becomes ->> amount.key)::numeric > c.maximum
        or (becomes ->> amount.key)::numeric <= c."exclusiveMinimum" or (becomes ->> amount.key)::numeric >= c."exclusiveMaximum"
        or abs((becomes ->> amount.key)::numeric) > 9007199254740991;
      if wrong is not null then return json_build_object('outcome', 'out_of_range', 'column', wrong); end if;
    end loop;
  end if;
  select name into wrong from jsonb_array_elements_text(coalesce(t.columns -> 'required', '[]')) name where not becomes ? name limit 1;
  if wrong is not null then return json_build_object('outcome', 'incomplete', 'column', wrong); end if;
  if octet_length(becomes::text) > max_row_bytes then return '{"outcome":"too_large"}'; end if;
  grows := octet_length(becomes::text) - coalesce(octet_length(r.value::text), 0);
  if (r.id is null and t.row_count >= max_rows) or (grows > 0 and t.bytes + grows > max_bytes) then
    return '{"outcome":"full"}';
  end if;

  update data_tables d set writes = d.writes + 1, row_count = d.row_count + (r.id is null)::int, bytes = d.bytes + grows
  where d.tenant_id = t.tenant_id and d.name = t.name returning d.* into t;
  insert into data_rows as x (tenant_id, table_name, id, version, value) values (t.tenant_id, t.name, given.key, t.writes, becomes)
  on conflict (tenant_id, table_name, id) do update set version = excluded.version, value = excluded.value, updated_at = workflows.now();
  answer := jsonb_build_object('outcome', 'done', 'version', t.writes);
  perform remember_write(given.step, answer);
  return answer;
end $$;

-- forget_writes: drops the answers of runs that have ended, a batch of them; while a run lives, a step of it may be done again.
--   result   how many
--   caller   housekeeping, once a day
grant create on schema workflows to wf_road;
create function workflows.forget_writes(p_limit int) returns int
language plpgsql security definer set search_path = workflows, pg_temp as $$
declare
  forgotten int;
begin
  with old as (
    select w.tenant_id, w.execution_id, w.idempotency_key from store_writes w
    where w.at < workflows.now() - interval '1 day' and not exists (select from executions e
      where e.tenant_id = w.tenant_id and e.id = w.execution_id and e.ended_at is null)
    order by w.at limit p_limit)
  delete from store_writes w using old
  where w.tenant_id = old.tenant_id and w.execution_id = old.execution_id and w.idempotency_key = old.idempotency_key;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
alter function workflows.forget_writes(int) owner to wf_road;

-- What the holder of a run does itself is journalled, and brought back when its holder vanished, whatever its kind. Of the
-- function that brings it only this one condition changes, so it is taken as it stands.
alter table workflows.effects drop constraint effects_kind_check;
alter table workflows.effects add constraint effects_kind_check check (kind in ('message', 'http', 'write', 'store'));
do $$
declare
  before constant text := 'f.kind = ''http'' and f.state = ''sending''';
  bringer regprocedure;
begin
  select p.oid into strict bringer from pg_proc p
  where p.pronamespace = 'workflows'::regnamespace and position(before in p.prosrc) > 0 and p.proname in ('claim_mailboxes', 'mailbox_contents');
  execute replace(pg_get_functiondef(bringer), before, 'f.kind in (''http'', ''store'') and f.state = ''sending''');
end $$;

revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.table_json(workflows.data_tables), workflows.row_json(workflows.data_rows),
  workflows.create_table(text, text), workflows.change_table(text, text, int, boolean), workflows.get_table(text),
  workflows.list_tables(), workflows.delete_table(text), workflows.get_row(text, text), workflows.list_rows(text, int, text),
  workflows.fits_condition(jsonb, text, jsonb), workflows.find_rows(text), workflows.earlier_write(jsonb),
  workflows.remember_write(jsonb, jsonb), workflows.write_row(text), workflows.forget_writes(int) to wf_app;
