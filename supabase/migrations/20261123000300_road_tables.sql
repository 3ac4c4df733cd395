-- Tables of the road: what a message touches on its way in, through a run and out again.
create table workflows.contacts (
  tenant_id uuid not null references workflows.tenants,
  id uuid not null,
  name text not null default '',
  locale text,
  timezone text,
  opted_out boolean not null default false,
  tags text[] not null default '{}',
  attributes jsonb not null default '{}',
  created_at timestamptz not null default workflows.now(),
  primary key (tenant_id, id)
);

-- How a connection's channel names a contact. Several names lead to one contact.
create table workflows.contact_aliases (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  value text not null,
  contact_id uuid not null,
  created_at timestamptz not null default workflows.now(),
  primary key (tenant_id, connection_id, kind, value),
  foreign key (tenant_id, connection_id) references workflows.connections (tenant_id, id),
  foreign key (tenant_id, contact_id) references workflows.contacts (tenant_id, id)
);
create index contact_aliases_contact on workflows.contact_aliases (tenant_id, contact_id);

-- The id is a hash of connection and contact, and also the id of the conversation's mailbox.
create table workflows.conversations (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  contact_id uuid not null,
  last_inbound_at timestamptz,
  created_at timestamptz not null default workflows.now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, connection_id) references workflows.connections (tenant_id, id),
  foreign key (tenant_id, contact_id) references workflows.contacts (tenant_id, id)
) with (fillfactor = 80);
create index conversations_by_age on workflows.conversations (tenant_id, created_at desc, id desc);
create index conversations_contact on workflows.conversations (tenant_id, contact_id);

-- The ordered queue of one conversation, or of one run without a conversation.
--   appended, consumed   letters that came, letters that were read; counters in the locked row, because a look at
--                        the mail table could miss a letter that another transaction has just written
--   ready_at             claimable since
--   wake_at              the next timer, or the end of the lease: one index and one sweep serve both
--   lease_token          fencing token, one higher at each claim
create table workflows.mailboxes (
  tenant_id uuid not null references workflows.tenants,
  id uuid not null,
  appended bigint not null default 0,
  consumed bigint not null default 0,
  ready_at timestamptz,
  wake_at timestamptz,
  lease_token bigint not null default 0,
  lease_until timestamptz,
  primary key (tenant_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create index mailboxes_ready on workflows.mailboxes (tenant_id, ready_at) where ready_at is not null;
create index mailboxes_wake on workflows.mailboxes (wake_at) where wake_at is not null;

create table workflows.mail (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  seq bigint not null,
  dedupe text not null,
  kind text not null check (kind in ('message', 'start', 'effect', 'cancel')),
  body jsonb not null,
  received_at timestamptz not null default workflows.now(),
  primary key (tenant_id, mailbox_id, seq),
  constraint mail_dedupe unique (tenant_id, dedupe),
  foreign key (tenant_id, mailbox_id) references workflows.mailboxes (tenant_id, id)
);

create table workflows.executions (
  tenant_id uuid not null,
  id uuid not null,
  workflow_id text not null,
  workflow_version_id uuid not null,
  mailbox_id uuid not null,
  conversation_id uuid,
  contact_id uuid,
  trigger text not null,
  revision int not null,
  status text not null check (status in ('running', 'waiting', 'paused', 'completed', 'failed', 'cancelled')),
  reason text,
  state jsonb not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, workflow_version_id) references workflows.workflow_versions (tenant_id, id),
  foreign key (tenant_id, mailbox_id) references workflows.mailboxes (tenant_id, id),
  foreign key (tenant_id, conversation_id) references workflows.conversations (tenant_id, id),
  foreign key (tenant_id, contact_id) references workflows.contacts (tenant_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create index executions_live on workflows.executions (tenant_id, mailbox_id) where ended_at is null;
create index executions_by_start on workflows.executions (tenant_id, started_at desc, id desc);
create index executions_of_workflow on workflows.executions (tenant_id, workflow_id, started_at desc, id desc);
create index executions_of_contact on workflows.executions (tenant_id, contact_id, started_at desc, id desc)
  where contact_id is not null;

-- History: one row per segment, in partitions by month, so that retention drops partitions.
create table workflows.execution_events (
  tenant_id uuid not null,
  execution_id uuid not null,
  revision int not null,
  at timestamptz not null default workflows.now(),
  events jsonb not null,
  primary key (tenant_id, execution_id, revision, at),
  foreign key (tenant_id, execution_id) references workflows.executions (tenant_id, id)
) partition by range (at);

-- The journal: every effect is a row before it is tried.
--   state        intent: nothing was tried; sending: somebody may be at it; unknown: it was tried and nobody knows
--   position     order of decision; within a mailbox the order of sending
--   lease_token  of the outbox when the send began: only that attempt may settle it
--   not_before   a refused send that may be tried again, not earlier than this
--   resend       an unknown send whose wait for a receipt is over
--   receipt      highest receipt so far
create table workflows.effects (
  tenant_id uuid not null,
  execution_id uuid not null,
  seq int not null,
  mailbox_id uuid not null,
  connection_id uuid,
  position bigint generated always as identity,
  node text not null,
  step int not null,
  kind text not null check (kind in ('message', 'http')),
  effect jsonb not null,
  idempotency_key text not null,
  state text not null check (state in ('intent', 'sending', 'sent', 'failed', 'unknown', 'held', 'withdrawn')),
  attempt int not null default 0,
  lease_token bigint,
  not_before timestamptz,
  resend boolean not null default false,
  provider_id text,
  receipt text,
  receipt_at timestamptz,
  result jsonb,
  intent_at timestamptz not null default workflows.now(),
  changed_at timestamptz not null default workflows.now(),
  primary key (tenant_id, execution_id, seq),
  foreign key (tenant_id, execution_id) references workflows.executions (tenant_id, id),
  foreign key (tenant_id, mailbox_id) references workflows.mailboxes (tenant_id, id),
  -- A message without a conversation could reach nobody.
  constraint effects_message_has_connection check (kind <> 'message' or connection_id is not null)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index effects_unsettled on workflows.effects (tenant_id, mailbox_id, position)
  where kind = 'message' and state in ('intent', 'sending', 'unknown');
create index effects_of_mailbox on workflows.effects (tenant_id, mailbox_id, intent_at) where kind = 'message';
create index effects_unknown on workflows.effects (changed_at) where kind = 'message' and state = 'unknown' and not resend;
create index effects_provider on workflows.effects (tenant_id, connection_id, provider_id) where provider_id is not null;

-- One row per conversation that ever had something to send.
create table workflows.outboxes (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  ready_at timestamptz,
  wake_at timestamptz,
  lease_token bigint not null default 0,
  lease_until timestamptz,
  primary key (tenant_id, mailbox_id),
  foreign key (tenant_id, mailbox_id) references workflows.conversations (tenant_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create index outboxes_ready on workflows.outboxes (tenant_id, ready_at) where ready_at is not null;
create index outboxes_wake on workflows.outboxes (wake_at) where wake_at is not null;

-- Receipts that came before anybody knew the provider's id of what they speak of. The send's settle picks them up.
create table workflows.early_receipts (
  tenant_id uuid not null,
  connection_id uuid not null,
  provider_id text not null,
  status text not null check (status in ('sent', 'delivered', 'read', 'played', 'failed')),
  at timestamptz not null,
  failure jsonb,
  received_at timestamptz not null default workflows.now(),
  primary key (tenant_id, connection_id, provider_id, status),
  foreign key (tenant_id, connection_id) references workflows.connections (tenant_id, id)
);
