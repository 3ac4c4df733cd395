-- Who may touch which row. Enabled and forced on every table: not even the owner sees a row without a policy.
do $$
declare
  table_name text;
begin
  foreach table_name in array array[
    'tenants', 'tenant_keys', 'api_keys', 'connections', 'workflows', 'workflow_versions', 'workflow_revisions',
    'webhook_endpoints', 'contacts', 'contact_aliases', 'conversations', 'mailboxes', 'mail', 'executions',
    'execution_events', 'effects', 'outboxes', 'early_receipts'
  ] loop
    execute format('alter table workflows.%I enable row level security', table_name);
    execute format('alter table workflows.%I force row level security', table_name);
    execute format(
      'create policy tenant on workflows.%I for all to wf_app'
      ' using (tenant_id = (select workflows.current_tenant()))'
      ' with check (tenant_id = (select workflows.current_tenant()))', table_name);
  end loop;

  -- The road works over a batch of tenants. A tenant set per call would cost a fifth of its throughput and prove
  -- little over a batch: composite keys carry the tenant through every join instead.
  foreach table_name in array array[
    'connections', 'workflows', 'workflow_revisions', 'webhook_endpoints', 'contacts', 'contact_aliases', 'conversations',
    'mailboxes', 'mail', 'executions', 'execution_events', 'effects', 'outboxes', 'early_receipts'
  ] loop
    execute format('create policy road on workflows.%I for all to wf_road using (true) with check (true)', table_name);
  end loop;

  foreach table_name in array array['tenants', 'api_keys'] loop
    execute format('create policy operator on workflows.%I for all to wf_operator using (true) with check (true)', table_name);
  end loop;
end $$;

grant select on all tables in schema workflows to wf_app;
grant insert on workflows.tenant_keys, workflows.workflow_versions to wf_app;
grant insert, update on workflows.api_keys, workflows.connections, workflows.workflows, workflows.workflow_revisions to wf_app;
grant update (name, timezone, locale, settings) on workflows.tenants to wf_app;
grant update (wrapped) on workflows.tenant_keys to wf_app;
grant insert, delete on workflows.webhook_endpoints to wf_app;

-- The road never sees a connection's secrets or a definition.
grant select (tenant_id, id, channel, name, account, status) on workflows.connections to wf_road;
grant select (tenant_id, id, published_version, published_version_id) on workflows.workflows to wf_road;
grant select on workflows.workflow_revisions, workflows.webhook_endpoints to wf_road;
grant select, insert, update on workflows.contacts, workflows.conversations, workflows.mailboxes, workflows.executions,
  workflows.effects, workflows.outboxes to wf_road;
grant select, insert on workflows.contact_aliases, workflows.mail, workflows.execution_events to wf_road;
grant select, insert, update, delete on workflows.early_receipts to wf_road;

grant select, insert on workflows.tenants to wf_operator;
grant select, insert, update on workflows.api_keys to wf_operator;

-- ensure_partitions: makes the history's partitions of this month and of the next ones, each with its own RLS, because
-- the parent's policies hold only for access through the parent.
--   p_months   how many months ahead, this one not counted
--   result     how many partitions were made
--   callers    the migration below, and the engine once a day; security definer, because only the owner may create
create function workflows.ensure_partitions(p_months int default 3) returns int
language plpgsql security definer set search_path = workflows, pg_temp as $$
declare
  made int := 0;
  first date := date_trunc('month', workflows.now() at time zone 'UTC');
  month date;
  partition text;
begin
  -- One at a time: two engines that start together would both find the partition missing.
  perform pg_advisory_xact_lock(hashtextextended('workflows.ensure_partitions', 0));
  for step in 0..least(greatest(p_months, 0), 24) loop
    month := first + step * interval '1 month';
    partition := format('execution_events_%s', to_char(month, 'YYYY_MM'));
    continue when to_regclass(format('workflows.%I', partition)) is not null;
    begin
      execute format('create table workflows.%I partition of workflows.execution_events for values from (%L) to (%L)',
        partition, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
    exception
      -- The default partition holds rows of this month already; there they stay.
      when check_violation then continue;
    end;
    perform workflows.guard_partition(partition);
    made := made + 1;
  end loop;
  return made;
end $$;

-- guard_partition: RLS of one partition of the history. Called by ensure_partitions and the line below it only.
create function workflows.guard_partition(p_partition text) returns void
language plpgsql set search_path = workflows, pg_temp as $$
begin
  execute format('alter table workflows.%I enable row level security', p_partition);
  execute format('alter table workflows.%I force row level security', p_partition);
  execute format('create policy tenant on workflows.%I for all to wf_app'
    ' using (tenant_id = (select workflows.current_tenant()))'
    ' with check (tenant_id = (select workflows.current_tenant()))', p_partition);
  execute format('create policy road on workflows.%I for all to wf_road using (true) with check (true)', p_partition);
end $$;

-- Catches what no month's partition covers, so that a commit never fails for want of one.
create table workflows.execution_events_default partition of workflows.execution_events default;
select workflows.guard_partition('execution_events_default');
select workflows.ensure_partitions(12);

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.now(), workflows.iso(timestamptz), workflows.current_tenant() to wf_app, wf_road, wf_operator;
grant execute on function workflows.ensure_partitions(int) to wf_app;
