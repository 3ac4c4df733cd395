import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import { commitOf, layGround, message, run, send, start, state } from '../__fixtures__/arrange.js';
import { Committer } from '../committer.js';
import { ApiKeyStore } from './api-key.store.js';
import { ConnectionStore } from './connection.store.js';
import { ContactStore } from './contact.store.js';
import { ConversationStore } from './conversation.store.js';
import { ExecutionStore } from './execution.store.js';
import { InboundStore } from './inbound.store.js';
import { MailboxStore } from './mailbox.store.js';
import { SecretStore } from './secret.store.js';
import { TenantStore } from './tenant.store.js';
import { WorkflowStore } from './workflow.store.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

async function newTenant(): Promise<string> {
  const { id } = await new TenantStore(test.database).create({ slug: `t-${randomUUID()}`, name: 'Tenant' });
  return id;
}

describe('TenantStore', () => {
  it('creates, finds by id and slug, lists in pages and updates', async () => {
    const tenants = new TenantStore(test.database);
    const created = await tenants.create({ slug: 'acme', name: 'Acme', timezone: 'Europe/Berlin' });
    await tenants.create({ slug: 'globex', name: 'Globex' });
    expect(created).toMatchObject({ slug: 'acme', timezone: 'Europe/Berlin', locale: 'en', settings: {} });
    expect(await tenants.find('acme')).toEqual(created);
    expect(await tenants.find(created.id)).toEqual(created);
    expect(await tenants.get(created.id)).toEqual(created);
    expect(await tenants.find('nobody')).toBeNull();
    const first = await tenants.list({ limit: 1 });
    expect(first.nextCursor).not.toBeNull();
    const rest = await tenants.list({ limit: 200, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items].map(({ slug }) => slug)).toEqual(expect.arrayContaining(['acme', 'globex']));
    expect(await tenants.update(created.id, { name: 'Acme Ltd' })).toMatchObject({ name: 'Acme Ltd', timezone: 'Europe/Berlin' });
  });

  it('refuses a slug that is taken, and a limit or cursor that is none', async () => {
    const tenants = new TenantStore(test.database);
    await tenants.create({ slug: 'twice', name: 'One' });
    await expect(tenants.create({ slug: 'twice', name: 'Two' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('slug'),
    });
    await expect(tenants.list({ limit: 0 })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('limit'),
    });
    await expect(tenants.list({ limit: 1, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('cursor'),
    });
  });

  it('keeps the data key that was stored first', async () => {
    const tenants = new TenantStore(test.database);
    const tenantId = await newTenant();
    expect(await tenants.dataKeys(tenantId)).toEqual([]);
    const kept = await Promise.all([1, 2].map((by) => tenants.keepDataKey(tenantId, { version: 1, wrapped: { by } })));
    expect(kept[0]).toEqual(kept[1]);
    expect(await tenants.rewrapDataKey(tenantId, { version: 1, wrapped: 'again' })).toBe(true);
    expect(await tenants.dataKeys(tenantId)).toEqual([{ version: 1, wrapped: 'again' }]);
  });
});

describe('ApiKeyStore', () => {
  it('finds a key by its prefix without knowing the tenant, and revokes it for its own tenant only', async () => {
    const keys = new ApiKeyStore(test.database);
    const [tenantId, other] = [await newTenant(), await newTenant()];
    const key = await keys.create(tenantId, { name: 'ci', prefix: 'wf_abc', hash: 'hash', scopes: ['read', 'write'] });
    expect(key).toMatchObject({ tenantId, scopes: ['read', 'write'], lastUsedAt: null, revokedAt: null });
    await keys.touch(key);
    expect(await keys.findByPrefix('wf_abc')).toMatchObject({
      hash: 'hash',
      key: { id: key.id, lastUsedAt: expect.any(String) },
    });
    expect(await keys.revoke(other, key.id)).toBe(false);
    expect(await keys.revoke(tenantId, key.id)).toBe(true);
    expect(await keys.list(tenantId)).toMatchObject([{ id: key.id, revokedAt: expect.any(String) }]);
    expect(await keys.list(other)).toEqual([]);
    expect(await keys.findByPrefix('wf_none')).toBeNull();
  });
});

describe('ConnectionStore', () => {
  it('shows which secrets are set and gives them out sealed', async () => {
    const connections = new ConnectionStore(test.database);
    const tenantId = await newTenant();
    const made = await connections.create(tenantId, {
      channel: 'whatsapp',
      name: 'main',
      account: '100',
      settings: { a: 1 },
      secrets: { token: 'sealed-1', pin: 'sealed-2' },
    });
    expect(made).toMatchObject({ secretsSet: ['pin', 'token'], status: 'active' });
    expect(JSON.stringify(made)).not.toContain('sealed');
    await connections.update(tenantId, made.id, { secrets: { pin: null, token: 'sealed-3' } });
    expect(await connections.sealedAccount(tenantId, made.id)).toMatchObject({ account: '100', sealed: { token: 'sealed-3' } });
    expect(await connections.find(tenantId, 'main')).toMatchObject({ id: made.id, secretsSet: ['token'] });
    expect(await connections.list(tenantId)).toHaveLength(1);
  });

  it('routes an account to its one tenant until the connection is disabled', async () => {
    const connections = new ConnectionStore(test.database);
    const [tenantId, other] = [await newTenant(), await newTenant()];
    const values = { channel: 'whatsapp', name: 'main', account: '200', settings: {}, secrets: {} };
    const made = await connections.create(tenantId, values);
    expect(await connections.routes('whatsapp', ['200', '201'])).toEqual([
      { tenantId, connectionId: made.id, channel: 'whatsapp', account: '200' },
    ]);
    await expect(connections.create(other, values)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('account'),
    });
    await expect(connections.create(tenantId, { ...values, account: '202' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('name'),
    });
    expect(await connections.disable(other, made.id)).toBeNull();
    expect(await connections.disable(tenantId, made.id)).toMatchObject({ status: 'disabled' });
    expect(await connections.routes('whatsapp', ['200'])).toEqual([]);
  });
});

describe('SecretStore', () => {
  it('shows names and dates, gives the value out sealed, and replaces it under the same name', async () => {
    const secrets = new SecretStore(test.database);
    const tenantId = await newTenant();
    const made = await secrets.put(tenantId, 'shop', 'sealed-1');
    expect(made).toEqual({ name: 'shop', createdAt: expect.any(String), updatedAt: made.createdAt });
    await secrets.put(tenantId, 'crm', 'sealed-2');
    expect(await secrets.put(tenantId, 'shop', 'sealed-3')).toMatchObject({ createdAt: made.createdAt });
    expect((await secrets.list(tenantId)).map(({ name }) => name)).toEqual(['crm', 'shop']);
    expect(JSON.stringify(await secrets.list(tenantId))).not.toContain('sealed');
    expect(await secrets.sealed(tenantId, 'shop')).toBe('sealed-3');
    expect(await secrets.sealed(tenantId, 'none')).toBeNull();
  });

  it('keeps the secrets of two tenants apart, though they have the same name', async () => {
    const secrets = new SecretStore(test.database);
    const [tenantId, other] = [await newTenant(), await newTenant()];
    await secrets.put(tenantId, 'shop', 'sealed');
    expect([await secrets.list(other), await secrets.sealed(other, 'shop'), await secrets.delete(other, 'shop')]).toEqual([
      [],
      null,
      false,
    ]);
    await secrets.put(other, 'shop', 'another');
    expect(await secrets.delete(other, 'shop')).toBe(true);
    expect(await secrets.sealed(tenantId, 'shop')).toBe('sealed');
  });
});

describe('ContactStore', () => {
  it('knows what a connection calls a contact, and nothing for another connection or tenant', async () => {
    const contacts = new ContactStore(test.database);
    const [ground, other] = [await layGround(test.admin), await layGround(test.admin)];
    await new InboundStore(test.database).accept([message(ground, '15550100')]);
    const { items } = await new ConversationStore(test.database).list(ground.tenantId, { limit: 1 });
    const contactId = items[0]?.contactId ?? '';
    expect(await contacts.aliases(ground.tenantId, contactId, ground.connectionId)).toEqual([
      { kind: 'wa_id', value: '15550100' },
    ]);
    expect(await contacts.aliases(ground.tenantId, contactId, other.connectionId)).toEqual([]);
    expect(await contacts.aliases(other.tenantId, contactId, ground.connectionId)).toEqual([]);
  });
});

describe('WorkflowStore', () => {
  const document = { dsl: '1.0', id: 'greet' };
  const publication = {
    id: 'greet',
    name: 'Greet',
    definition: document,
    schemas: {},
    hash: 'h1',
    publishedBy: 'test',
    webhookTriggers: ['hook'],
  };

  it('keeps drafts apart from versions, and numbers versions one by one under load', async () => {
    const workflows = new WorkflowStore(test.database);
    const tenantId = await newTenant();
    await workflows.saveDraft(tenantId, { id: 'greet', name: 'Greet', draft: document });
    expect(await workflows.get(tenantId, 'greet')).toMatchObject({ draft: document, publishedVersion: null });
    await Promise.all(['h1', 'h2', 'h3'].map((hash) => workflows.publish(tenantId, { ...publication, hash })));
    expect((await workflows.versions(tenantId, 'greet')).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(await workflows.get(tenantId, 'greet')).toMatchObject({ draft: null, publishedVersion: 3 });
    expect(await workflows.getVersion(tenantId, 'greet', 2)).toMatchObject({ definition: document, version: 2 });
    expect((await workflows.list(tenantId, { limit: 10 })).items).toHaveLength(1);
  });

  it('makes no new version of what is published already, and says when to look again', async () => {
    const workflows = new WorkflowStore(test.database);
    const tenantId = await newTenant();
    expect(await workflows.published(tenantId)).toEqual({ revision: 0, versions: [] });
    const first = await workflows.publish(tenantId, publication);
    expect(await workflows.publish(tenantId, publication)).toEqual(first);
    const { revision, versions } = await workflows.published(tenantId);
    expect(versions).toEqual([first]);
    expect(await workflows.revisions([tenantId])).toEqual({ [tenantId]: revision });
    expect(await workflows.getVersionById(tenantId, first.id)).toEqual(first);
  });

  it('keeps the address of a webhook over versions, for as long as its trigger is there', async () => {
    const workflows = new WorkflowStore(test.database);
    const tenantId = await newTenant();
    await workflows.publish(tenantId, publication);
    const [endpoint] = await workflows.webhookEndpoints(tenantId, 'greet');
    const second = await workflows.publish(tenantId, { ...publication, hash: 'h2' });
    expect(await workflows.findWebhook(endpoint?.id ?? '')).toEqual({
      tenantId,
      workflowId: 'greet',
      versionId: second.id,
      trigger: 'hook',
      revision: (await workflows.published(tenantId)).revision,
    });
    await workflows.publish(tenantId, { ...publication, hash: 'h3', webhookTriggers: [] });
    expect(await workflows.findWebhook(endpoint?.id ?? '')).toBeNull();
    expect(await workflows.findWebhook('no-such-address')).toBeNull();
  });

  it('never changes a version', async () => {
    await expect(test.database.call('publish_workflow', { p: publication })).rejects.toMatchObject({ name: 'DatabaseRefusal' });
    const { rows } = await test.admin.query(
      "select has_table_privilege('wf_app', 'workflows.workflow_versions', 'update') or has_table_privilege('wf_app', 'workflows.workflow_versions', 'delete') as may",
    );
    expect(rows).toEqual([{ may: false }]);
  });
});

describe('ExecutionStore and ConversationStore', () => {
  it('show a run from queued to its history, and a conversation in both directions', async () => {
    const ground = await layGround(test.admin);
    const [executions, conversations] = [new ExecutionStore(test.database), new ConversationStore(test.database)];
    const [inbound, mailboxes, committer] = [
      new InboundStore(test.database),
      new MailboxStore(test.database),
      new Committer(test.database),
    ];
    const item = start(ground, { contact: '+1' });
    await inbound.accept([message(ground, '+1', { text: 'hello' }), item]);
    expect(await executions.get(ground.tenantId, item.executionId)).toMatchObject({
      status: 'queued',
      version: 1,
      trigger: 'api',
      contactId: expect.any(String),
    });

    const box = (await mailboxes.claim(10, 30_000, '')).mailboxes.find(({ tenantId }) => tenantId === ground.tenantId);
    if (!box) throw new Error('Nothing was ready.');
    await committer.commit(commitOf(box, [run(ground, { executionId: item.executionId, effects: [send(1)] })]));
    const record = await executions.get(ground.tenantId, item.executionId);
    expect(record).toMatchObject({
      status: 'waiting',
      nodes: ['greet'],
      revision: 1,
      conversationId: box.mailboxId,
      error: null,
      output: null,
    });
    expect(await executions.history(ground.tenantId, item.executionId)).toMatchObject([
      { revision: 1, events: [{ type: 'timer' }] },
    ]);
    expect(await executions.effects(ground.tenantId, item.executionId)).toMatchObject([
      { seq: 1, node: 'greet', state: 'intent', attempt: 0 },
    ]);

    expect((await conversations.list(ground.tenantId, { limit: 10 })).items).toMatchObject([
      { id: box.mailboxId, contactName: 'Ada', channel: 'whatsapp' },
    ]);
    const first = await conversations.messages(ground.tenantId, box.mailboxId, { limit: 1 });
    const second = await conversations.messages(ground.tenantId, box.mailboxId, { limit: 1, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toMatchObject([
      { direction: 'inbound', message: { text: 'hello' } },
      { direction: 'outbound', message: { text: 'text 1' }, state: 'intent', node: 'greet' },
    ]);
    expect(second.nextCursor).toBeNull();
    expect(await executions.get(randomUUID(), item.executionId)).toBeNull();
  });

  it('tell how a run ended, and nothing before it has', async () => {
    const ground = await layGround(test.admin);
    const executions = new ExecutionStore(test.database);
    const item = start(ground);
    await new InboundStore(test.database).accept([item]);
    expect(await executions.end(ground.tenantId, item.executionId)).toBeNull();
    const { mailboxes } = await new MailboxStore(test.database).claim(10, 30_000, '');
    const box = mailboxes.find(({ tenantId }) => tenantId === ground.tenantId);
    if (!box) throw new Error('Nothing was ready.');
    const ended = { ...state(item.executionId, 'completed'), tokens: [], output: { order: 42 } };
    await new Committer(test.database).commit(commitOf(box, [run(ground, { executionId: item.executionId, state: ended })]));
    expect(await executions.end(ground.tenantId, item.executionId)).toEqual({
      status: 'completed',
      error: null,
      output: { order: 42 },
    });
    expect(await executions.end(randomUUID(), item.executionId)).toBeNull();
  });

  it('page through runs without a gap or a repeat, and filter them', async () => {
    const ground = await layGround(test.admin);
    const executions = new ExecutionStore(test.database);
    const [inbound, mailboxes, committer] = [
      new InboundStore(test.database),
      new MailboxStore(test.database),
      new Committer(test.database),
    ];
    await inbound.accept([message(ground, '+1')]);
    const box = (await mailboxes.claim(100, 30_000, '')).mailboxes.find(({ tenantId }) => tenantId === ground.tenantId);
    if (!box) throw new Error('Nothing was ready.');
    const runs = Array.from({ length: 7 }, () => run(ground));
    await committer.commit(commitOf(box, runs));
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: Awaited<ReturnType<ExecutionStore['list']>> = await executions.list(
        ground.tenantId,
        { status: 'waiting' },
        { limit: 3, cursor },
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(runs.map(({ executionId }) => executionId)));
    expect((await executions.list(ground.tenantId, { workflowId: 'other' }, { limit: 3 })).items).toEqual([]);
  });
});
