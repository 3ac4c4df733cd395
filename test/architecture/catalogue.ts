/** Tables of the schema, partitions too. */
export const TABLES = `select c.relname::text as name, c.oid, c.relowner, c.relispartition, c.relrowsecurity, c.relforcerowsecurity from pg_class c where c.relnamespace = 'workflows'::regnamespace and c.relkind in ('r', 'p')`;

/** May work over many tenants, as roles that own nothing else. Everything else runs as its caller, under RLS. */
export const DEFINERS: Record<string, string[]> = {
  wf_road: [
    'accept',
    'accept_and_claim',
    'advance_schedules',
    'advance_slot',
    'begin_sends',
    'claim_events',
    'claim_mailboxes',
    'claim_outboxes',
    'claim_schedules',
    'claim_slots',
    'commit_mailboxes',
    'decide_task',
    'deliver_event',
    'extend_leases',
    'find_connections',
    'find_webhooks',
    'finish_events',
    'forget_events',
    'forget_receipts',
    'forget_slots',
    'forget_webchat',
    'forget_writes',
    'give_back_conversation',
    'place_forks',
    'place_orders',
    'record_receipts',
    'release_mailboxes',
    'release_outboxes',
    'reply_in_conversation',
    'send_migration',
    'settle_sends',
    'sweep',
    'unread_cancels',
    'waits_for_event',
    'workflow_revisions',
  ],
  wf_operator: ['create_tenant', 'find_api_key', 'find_tenant', 'list_tenants', 'touch_api_key'],
  owner: ['ensure_partitions'],
};

/**
 * Unique in the whole deployment, and so the only keys by which one tenant could notice another: names of the operator,
 * random values, and the number of a channel, by which webhooks are routed.
 */
const UNIQUE_EVERYWHERE = ['api_keys_prefix_key', 'connections_account', 'tenants_slug_key', 'webhook_endpoints_id_key'];

const listed = (names: string[]): string => names.map((name) => `'${name}'`).join(', ');

/** A rule of tenancy: `sql` names what breaks it, `bad` makes something that does. */
export interface CatalogueRule {
  rule: string;
  sql: string;
  bad: { make: string; name: string };
}

const BAD_TABLE = 'create table workflows.bad (tenant_id uuid not null, id uuid, primary key (tenant_id, id))';
const GUARDED = `${BAD_TABLE}; alter table workflows.bad enable row level security; alter table workflows.bad force row level security`;

export const CATALOGUE_RULES: CatalogueRule[] = [
  {
    rule: 'every table has row-level security enabled, partitions too',
    sql: `select name from (${TABLES}) t where not relrowsecurity`,
    bad: { make: BAD_TABLE, name: 'bad' },
  },
  {
    rule: 'every table has it forced, so that not even the owner passes',
    sql: `select name from (${TABLES}) t where not relforcerowsecurity`,
    bad: { make: `${BAD_TABLE}; alter table workflows.bad enable row level security`, name: 'bad' },
  },
  {
    rule: 'every primary key begins with the tenant, which is never null',
    sql: `select t.name from (${TABLES}) t where not exists (
      select from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
      where i.indrelid = t.oid and i.indisprimary and a.attname = 'tenant_id' and a.attnotnull)`,
    bad: { make: 'create table workflows.bad (id uuid primary key, tenant_id uuid not null)', name: 'bad' },
  },
  {
    rule: 'every unique key carries the tenant, but for a short list',
    sql: `select c.relname::text as name from pg_index i join pg_class c on c.oid = i.indexrelid join (${TABLES}) t on t.oid = i.indrelid
      where i.indisunique and c.relname not in (${listed(UNIQUE_EVERYWHERE)}) and not exists (
        select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnum = any (i.indkey))`,
    bad: { make: `${GUARDED}; alter table workflows.bad add constraint bad_key unique (id)`, name: 'bad_key' },
  },
  {
    rule: 'every foreign key carries the tenant on both sides',
    sql: `select k.conname::text as name from pg_constraint k join (${TABLES}) t on t.oid = k.conrelid
      where k.contype = 'f' and not exists (
        select from unnest(k.conkey, k.confkey) as pair(here, there)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.here
        join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.there
        where a.attname = 'tenant_id' and b.attname = 'tenant_id')`,
    bad: {
      make: `create table workflows.parent (tenant_id uuid, id uuid unique, primary key (tenant_id, id));
        create table workflows.bad (tenant_id uuid, id uuid constraint bad_reference references workflows.parent (id))`,
      name: 'bad_reference',
    },
  },
  {
    rule: 'every table has the policy of its tenant for all four commands, for reading and for writing',
    sql: `select t.name from (${TABLES}) t where not exists (
      select from pg_policies p where p.schemaname = 'workflows' and p.tablename = t.name and p.cmd = 'ALL'
        and p.roles = '{wf_app}' and p.permissive = 'PERMISSIVE'
        and p.qual ~ '^\\(tenant_id = .*current_tenant\\(\\)' and p.with_check ~ '^\\(tenant_id = .*current_tenant\\(\\)')`,
    bad: {
      make: `${GUARDED}; create policy tenant on workflows.bad for select to wf_app using (tenant_id = (select workflows.current_tenant()))`,
      name: 'bad',
    },
  },
  {
    rule: 'no policy beside it lets the engine see more',
    sql: `select p.tablename || '.' || p.policyname as name from pg_policies p where p.schemaname = 'workflows'
      and ('wf_app' = any (p.roles) or 'public' = any (p.roles)) and not (p.cmd = 'ALL' and p.qual ~ '^\\(tenant_id = .*current_tenant\\(\\)')`,
    bad: { make: `${GUARDED}; create policy open on workflows.bad for select using (true)`, name: 'bad.open' },
  },
  {
    rule: 'no table or sequence is granted to everybody, or to the roles of a public API',
    sql: `select c.relname::text || ' to ' || coalesce(r.rolname, 'public') as name
      from pg_class c, aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
      where c.relnamespace = 'workflows'::regnamespace and (g.grantee = 0 or r.rolname in ('anon', 'authenticated'))`,
    bad: { make: `${GUARDED}; grant select on workflows.bad to public`, name: 'bad to public' },
  },
  {
    rule: 'no function runs as its owner, but for a short list',
    sql: `select p.proname::text as name from pg_proc p join pg_roles r on r.oid = p.proowner
      where p.pronamespace = 'workflows'::regnamespace and p.prosecdef and not (${Object.entries(DEFINERS)
        .map(
          ([owner, names]) =>
            `(case when r.rolname like 'wf\\_%' then r.rolname else 'owner' end = '${owner}' and p.proname in (${listed(names)}))`,
        )
        .join(' or ')})`,
    bad: {
      make: "create function workflows.bad() returns bigint language sql security definer set search_path = workflows, pg_temp as 'select count(*) from tenants'",
      name: 'bad',
    },
  },
  {
    rule: 'every function that runs as its owner has its search path pinned',
    sql: `select p.proname::text as name from pg_proc p where p.pronamespace = 'workflows'::regnamespace and p.prosecdef
      and not exists (select from unnest(p.proconfig) c where c in ('search_path=workflows, pg_temp'))`,
    bad: {
      make: "create function workflows.bad() returns bigint language sql security definer as 'select count(*) from workflows.tenants'",
      name: 'bad',
    },
  },
  {
    rule: 'every function in PL/pgSQL has it too, so that no temporary table takes the place of one of ours',
    sql: `select p.proname::text as name from pg_proc p join pg_language l on l.oid = p.prolang
      where p.pronamespace = 'workflows'::regnamespace and l.lanname = 'plpgsql'
      and not exists (select from unnest(p.proconfig) c where c in ('search_path=workflows, pg_temp'))`,
    bad: { make: "create function workflows.bad() returns void language plpgsql as 'begin end'", name: 'bad' },
  },
  {
    rule: 'no function may be called by somebody who was not given it',
    sql: `select p.proname::text as name from pg_proc p where p.pronamespace = 'workflows'::regnamespace
      and has_function_privilege('public', p.oid, 'execute')`,
    bad: {
      make: "create function workflows.bad() returns void language sql set search_path = workflows, pg_temp as ''",
      name: 'bad',
    },
  },
  {
    rule: 'no view reads past the policies: none is materialised, and none runs as its owner',
    sql: `select relname::text as name from pg_class where relnamespace = 'workflows'::regnamespace and (relkind = 'm'
      or relkind = 'v' and not coalesce(reloptions::text like '%security_invoker=true%', false))`,
    bad: { make: 'create view workflows.bad as select name from workflows.tenants', name: 'bad' },
  },
  {
    rule: 'no role of the engine is powerful: superuser, BYPASSRLS, login, role or database maker',
    sql: `select rolname::text as name from pg_roles where rolname in ('wf_app', 'wf_road', 'wf_operator')
      and (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb)`,
    bad: { make: 'alter role wf_road bypassrls', name: 'wf_road' },
  },
  {
    rule: 'no role of the engine owns a table, makes one, or is a member of who does',
    sql: `select r.rolname::text as name from pg_roles r where r.rolname in ('wf_app', 'wf_road', 'wf_operator') and (
      has_schema_privilege(r.oid, 'workflows', 'create') or exists (select from pg_class c
        where c.relnamespace = 'workflows'::regnamespace and pg_has_role(r.oid, c.relowner, 'MEMBER')))`,
    bad: { make: `${BAD_TABLE}; alter table workflows.bad owner to wf_operator`, name: 'wf_operator' },
  },
];
