-- Two tenants with the same names in them, so that whoever forgets the tenant sees two rows where there should be one.
insert into workflows.tenants (tenant_id, slug, name, timezone, locale) values
  ('a0000000-0000-4000-8000-000000000000', 'acme', 'Acme', 'Europe/Berlin', 'de'),
  ('b0000000-0000-4000-8000-000000000000', 'globex', 'Globex', 'America/Sao_Paulo', 'pt-BR');

insert into workflows.tenant_keys (tenant_id, version, wrapped)
select tenant_id, 1, '"wrapped"' from workflows.tenants;

insert into workflows.api_keys (tenant_id, name, prefix, hash, scopes)
select tenant_id, 'seed', 'wf_' || slug, 'no hash of any key', '{read}' from workflows.tenants;

insert into workflows.secrets (tenant_id, name, sealed)
select tenant_id, 'shop', 'nothing sealed' from workflows.tenants;

insert into workflows.connections (tenant_id, id, channel, name, account)
select tenant_id, 'c0000000-0000-4000-8000-000000000000', 'whatsapp', 'main', slug from workflows.tenants;

insert into workflows.workflows (tenant_id, id, name)
select tenant_id, 'hello', 'Hello' from workflows.tenants;

insert into workflows.workflow_versions (tenant_id, id, workflow_id, version, hash, definition, published_by)
select tenant_id, 'd0000000-0000-4000-8000-000000000000', 'hello', 1, 'hash', '{"dsl":"1.0","id":"hello"}', 'seed' from workflows.tenants;

update workflows.workflows set published_version = 1, published_version_id = 'd0000000-0000-4000-8000-000000000000';

insert into workflows.workflow_revisions (tenant_id, revision) select tenant_id, 1 from workflows.tenants;

insert into workflows.webhook_endpoints (tenant_id, workflow_id, trigger_id)
select tenant_id, 'hello', 'hook' from workflows.tenants;

insert into workflows.contacts (tenant_id, id, name)
select tenant_id, 'e0000000-0000-4000-8000-000000000000', 'Ada' from workflows.tenants;

insert into workflows.contact_aliases (tenant_id, connection_id, kind, value, contact_id)
select tenant_id, 'c0000000-0000-4000-8000-000000000000', 'wa_id', '15550100', 'e0000000-0000-4000-8000-000000000000'
from workflows.tenants;

insert into workflows.conversations (tenant_id, id, connection_id, contact_id, last_inbound_at)
select tenant_id, 'f0000000-0000-4000-8000-000000000000', 'c0000000-0000-4000-8000-000000000000',
  'e0000000-0000-4000-8000-000000000000', workflows.now() from workflows.tenants;

insert into workflows.mailboxes (tenant_id, id, appended, consumed)
select tenant_id, 'f0000000-0000-4000-8000-000000000000', 1, 1 from workflows.tenants;

insert into workflows.mail (tenant_id, mailbox_id, seq, dedupe, kind, body)
select tenant_id, 'f0000000-0000-4000-8000-000000000000', 1, 'message:seed', 'message',
  '{"message":{"id":"wamid.seed","at":"2026-01-01T00:00:00.000Z","kind":"text","text":"hello"}}' from workflows.tenants;

insert into workflows.executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, conversation_id, contact_id,
  trigger, revision, status, state, started_at, ended_at)
select tenant_id, '10000000-0000-4000-8000-000000000000', 'hello', 'd0000000-0000-4000-8000-000000000000',
  'f0000000-0000-4000-8000-000000000000', 'f0000000-0000-4000-8000-000000000000', 'e0000000-0000-4000-8000-000000000000',
  'hook', 1, 'completed', '{"tokens":[]}', workflows.now(), workflows.now() from workflows.tenants;

insert into workflows.execution_events (tenant_id, execution_id, revision, events)
select tenant_id, '10000000-0000-4000-8000-000000000000', 1, '[]' from workflows.tenants;

insert into workflows.effects (tenant_id, execution_id, seq, mailbox_id, connection_id, node, step, kind, effect, idempotency_key,
  state, provider_id)
select tenant_id, '10000000-0000-4000-8000-000000000000', 1, 'f0000000-0000-4000-8000-000000000000',
  'c0000000-0000-4000-8000-000000000000', 'greet', 1, 'message',
  '{"kind":"message","message":{"type":"content","text":"hi"},"onUnknown":"resend","notify":"never"}', 'seed', 'sent', 'wamid.out'
from workflows.tenants;

insert into workflows.outboxes (tenant_id, mailbox_id)
select tenant_id, 'f0000000-0000-4000-8000-000000000000' from workflows.tenants;

insert into workflows.early_receipts (tenant_id, connection_id, provider_id, status, at)
select tenant_id, 'c0000000-0000-4000-8000-000000000000', 'wamid.early', 'sent', workflows.now() from workflows.tenants;

insert into workflows.tenant_events (tenant_id, id, name, key, data, source, dispatched_at)
select tenant_id, '20000000-0000-4000-8000-000000000000', 'seed.planted', 'seed', '{}', '{}', workflows.now() from workflows.tenants;

insert into workflows.queues (tenant_id, name, title) select tenant_id, 'sales', 'Sales' from workflows.tenants;

insert into workflows.tasks (tenant_id, id, kind, queue, title, details, status, execution_id, step, node, mailbox_id)
select tenant_id, '30000000-0000-4000-8000-000000000000', 'approval', 'sales', 'Approve', 'null', 'withdrawn',
  '10000000-0000-4000-8000-000000000000', 1, 'ok', 'f0000000-0000-4000-8000-000000000000' from workflows.tenants;

insert into workflows.event_waits (tenant_id, execution_id, step, mailbox_id, name, key, since)
select tenant_id, '10000000-0000-4000-8000-000000000000', 1, 'f0000000-0000-4000-8000-000000000000', 'seed.planted', 'other',
  workflows.now() from workflows.tenants;

insert into workflows.data_tables (tenant_id, name, columns, row_count, bytes, writes)
select tenant_id, 'products', '{"type":"object","properties":{"price":{"type":"number"}}}', 1, 14, 1 from workflows.tenants;

insert into workflows.data_rows (tenant_id, table_name, id, version, value)
select tenant_id, 'products', 'lamp', 1, '{"price": 9.5}' from workflows.tenants;

insert into workflows.store_writes (tenant_id, execution_id, idempotency_key, answer)
select tenant_id, '10000000-0000-4000-8000-000000000000', 'seed', '{"outcome":"done","version":1}' from workflows.tenants;

insert into workflows.audit_log (tenant_id, actor, action, target, details)
select tenant_id, 'operator', 'execution.pause', 'execution:10000000-0000-4000-8000-000000000000', '{}' from workflows.tenants;

insert into workflows.credentials (tenant_id, name, type, hosts, settings, sealed)
select tenant_id, 'crm', 'bearer', '{crm.example.com}', '{}', 'v1.seed.seed.seed' from workflows.tenants;

insert into workflows.migrations (tenant_id, id, workflow_id, from_version, to_version, mapping, created_by)
select tenant_id, '40000000-0000-4000-8000-000000000000', 'hello', 1, 1, '{"nodes":{},"vars":{}}', 'seed' from workflows.tenants;

insert into workflows.migration_runs (tenant_id, migration_id, execution_id, mailbox_id, letter)
select tenant_id, '40000000-0000-4000-8000-000000000000', '10000000-0000-4000-8000-000000000000',
  'f0000000-0000-4000-8000-000000000000', 1 from workflows.tenants;

insert into workflows.schedules (tenant_id, workflow_id, trigger_id, version_id, cron, timezone, zone, due_at)
select tenant_id, 'hello', 'daily', 'd0000000-0000-4000-8000-000000000000', '0 9 * * *', 'UTC', 'UTC', null from workflows.tenants;

insert into workflows.schedule_slots (tenant_id, workflow_id, trigger_id, slot, version_id, status, ended_at)
select tenant_id, 'hello', 'daily', '2026-01-01T00:00:00.000Z', 'd0000000-0000-4000-8000-000000000000', 'done', workflows.now()
from workflows.tenants;

insert into workflows.model_profiles (tenant_id, name, provider, settings)
select tenant_id, 'wise', 'openai_compatible', '{"baseUrl":"https://models.example.com/v1","model":"seed"}' from workflows.tenants;

insert into workflows.model_budgets (tenant_id, monthly_usd)
select tenant_id, 10 from workflows.tenants;

insert into workflows.model_usage (tenant_id, month, profile, calls, input_tokens, output_tokens, cost_usd)
select tenant_id, '2026-01-01', 'wise', 1, 10, 5, 0.01 from workflows.tenants;

insert into workflows.model_reservations (tenant_id, key, month, amount_usd)
select tenant_id, '10000000-0000-4000-8000-000000000000.1', '2026-01-01', 0.01 from workflows.tenants;

insert into workflows.webchat_messages (tenant_id, connection_id, visitor, seq, reference, message)
select tenant_id, 'c0000000-0000-4000-8000-000000000000', 'visitor-of-the-seed', 1, 'seed', '{"type":"content","text":"hello"}'
from workflows.tenants;
