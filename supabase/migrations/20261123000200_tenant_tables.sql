-- Tables that a tenant's people fill: the tenant itself, its keys, connections and workflows.
create table workflows.tenants (
  tenant_id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  timezone text not null default 'UTC',
  locale text not null default 'en',
  settings jsonb not null default '{}',
  created_at timestamptz not null default workflows.now()
);

-- Data keys, wrapped by the deployment's key ring. The database never sees an open one.
create table workflows.tenant_keys (
  tenant_id uuid not null references workflows.tenants,
  version int not null,
  wrapped jsonb not null,
  created_at timestamptz not null default workflows.now(),
  primary key (tenant_id, version)
);

create table workflows.api_keys (
  tenant_id uuid not null references workflows.tenants,
  id uuid not null default gen_random_uuid(),
  name text not null,
  prefix text not null unique,
  hash text not null,
  scopes text[] not null,
  created_at timestamptz not null default workflows.now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);

create table workflows.connections (
  tenant_id uuid not null references workflows.tenants,
  id uuid not null default gen_random_uuid(),
  channel text not null,
  name text not null,
  account text not null,
  settings jsonb not null default '{}',
  -- name -> sealed value, written by the application, which alone can open it
  secrets jsonb not null default '{}',
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, id),
  constraint connections_name unique (tenant_id, name),
  -- A number belongs to one tenant: webhooks are routed by it.
  constraint connections_account unique (channel, account)
);

create table workflows.workflows (
  tenant_id uuid not null references workflows.tenants,
  id text not null check (id ~ '^[a-z][a-z0-9-]{0,63}$'),
  name text not null,
  draft jsonb,
  published_version int,
  published_version_id uuid,
  created_at timestamptz not null default workflows.now(),
  updated_at timestamptz not null default workflows.now(),
  primary key (tenant_id, id)
);

-- Versions never change: wf_app may insert and read them, nothing else.
create table workflows.workflow_versions (
  tenant_id uuid not null references workflows.tenants,
  id uuid not null default gen_random_uuid(),
  workflow_id text not null,
  version int not null,
  hash text not null,
  definition jsonb not null,
  published_at timestamptz not null default workflows.now(),
  published_by text not null,
  primary key (tenant_id, id),
  constraint workflow_versions_number unique (tenant_id, workflow_id, version),
  foreign key (tenant_id, workflow_id) references workflows.workflows (tenant_id, id)
);
alter table workflows.workflows
  add foreign key (tenant_id, published_version_id) references workflows.workflow_versions (tenant_id, id);

-- Moves with each publish of a tenant: workers compare it before they trust what they have compiled.
create table workflows.workflow_revisions (
  tenant_id uuid primary key references workflows.tenants,
  revision bigint not null default 0
);

-- The unguessable address of a webhook trigger. It stays the same over versions, for as long as the trigger is there.
create table workflows.webhook_endpoints (
  tenant_id uuid not null references workflows.tenants,
  workflow_id text not null,
  trigger_id text not null,
  id uuid not null default gen_random_uuid() unique,
  created_at timestamptz not null default workflows.now(),
  primary key (tenant_id, workflow_id, trigger_id),
  foreign key (tenant_id, workflow_id) references workflows.workflows (tenant_id, id)
);
