import type { ExecutionState, ExecutionStatus, InboundMessage, MessageEffect } from '@workflows/core';
import type { AcceptItem, ClaimedMailbox, MailboxCommit, RunCommit } from '@workflows/ports';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A tenant with one connection and one published workflow: what a row of the road has to stand on. */
export interface Ground {
  tenantId: string;
  connectionId: string;
  versionId: string;
  account: string;
}

export async function layGround(admin: pg.Pool, options: { tenantId?: string } = {}): Promise<Ground> {
  const ground = {
    tenantId: options.tenantId ?? randomUUID(),
    connectionId: randomUUID(),
    versionId: randomUUID(),
    account: randomUUID(),
  };
  await admin.query('insert into workflows.tenants (tenant_id, slug, name) values ($1, $2, $3)', [
    ground.tenantId,
    `t-${ground.tenantId}`,
    'Tenant',
  ]);
  await admin.query(
    "insert into workflows.connections (tenant_id, id, channel, name, account) values ($1, $2, 'whatsapp', 'main', $3)",
    [ground.tenantId, ground.connectionId, ground.account],
  );
  await admin.query("insert into workflows.workflows (tenant_id, id, name) values ($1, 'hello', 'Hello')", [ground.tenantId]);
  await admin.query(
    "insert into workflows.workflow_versions (tenant_id, id, workflow_id, version, hash, definition, published_by) values ($1, $2, 'hello', 1, 'h', '{}', 'test')",
    [ground.tenantId, ground.versionId],
  );
  await admin.query(
    "update workflows.workflows set published_version = 1, published_version_id = $2 where tenant_id = $1 and id = 'hello'",
    [ground.tenantId, ground.versionId],
  );
  return ground;
}

export function message(ground: Ground, from: string, overrides: Partial<InboundMessage> = {}): AcceptItem & { kind: 'message' } {
  const id = overrides.id ?? `wamid.${randomUUID()}`;
  return {
    kind: 'message',
    tenantId: ground.tenantId,
    connectionId: ground.connectionId,
    dedupe: `${ground.connectionId}:${id}`,
    aliases: [{ kind: 'wa_id', value: from }],
    name: 'Ada',
    message: { id, at: new Date().toISOString(), kind: 'text', text: 'hello', ...overrides },
  };
}

export function start(ground: Ground, options: { executionId?: string; contact?: string } = {}): AcceptItem & { kind: 'start' } {
  const executionId = options.executionId ?? randomUUID();
  return {
    kind: 'start',
    tenantId: ground.tenantId,
    executionId,
    start: { executionId, workflowId: 'hello', versionId: ground.versionId, trigger: 'api', event: { input: {} } },
    ...(options.contact
      ? { contact: { connectionId: ground.connectionId, aliases: [{ kind: 'wa_id', value: options.contact }] } }
      : {}),
  };
}

export function state(executionId: string, status: ExecutionStatus = 'waiting'): ExecutionState {
  return {
    id: executionId,
    status,
    startedAt: new Date().toISOString(),
    expiresAt: '2099-01-01T00:00:00.000Z',
    trigger: 'api',
    event: {},
    vars: {},
    steps: {},
    context: { tenant: { id: 'tenant', name: 'Tenant', timezone: 'UTC', locale: 'en', settings: {} } },
    tokens: [
      { id: 1, node: 'greet', step: 1, visit: 1, attempt: 1, enteredAt: new Date().toISOString(), phase: { kind: 'running' } },
    ],
    visits: { greet: 1 },
    counters: { steps: 1, sends: 0, effects: 0 },
  };
}

export function run(ground: Ground, overrides: Partial<RunCommit> = {}): RunCommit {
  const executionId = overrides.executionId ?? randomUUID();
  return {
    executionId,
    workflowId: 'hello',
    versionId: ground.versionId,
    revision: 0,
    state: state(executionId),
    events: [{ at: new Date().toISOString(), type: 'timer' }],
    effects: [],
    settled: [],
    withdraw: false,
    ...overrides,
  };
}

export function commitOf(box: ClaimedMailbox, runs: RunCommit[], overrides: Partial<MailboxCommit> = {}): MailboxCommit {
  return {
    tenantId: box.tenantId,
    mailboxId: box.mailboxId,
    leaseToken: box.leaseToken,
    readUpTo: box.readUpTo,
    runs,
    writes: [],
    release: true,
    wakeAt: null,
    ...overrides,
  };
}

export function send(seq: number, options: Partial<MessageEffect> = {}): RunCommit['effects'][number] {
  return {
    seq,
    node: 'greet',
    step: 1,
    effect: {
      kind: 'message',
      message: { type: 'content', text: `text ${seq}` },
      onUnknown: 'resend',
      notify: 'never',
      ...options,
    },
    idempotencyKey: `key-${seq}`,
    state: 'intent',
  };
}
