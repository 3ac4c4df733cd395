import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmulatorClient, TemplateRequest } from '@workflows/emulator';
import type { ConnectionRecord, Page, TenantRecord, WorkflowRecord, WorkflowVersionRecord } from '@workflows/ports';
import { ApiClient, ApiRefusal } from './api.client.js';
import { emulatedToken, writePrivate, type LauncherSecrets } from './launcher-secrets.js';

const TENANT = { slug: 'demo', name: 'Demo', timezone: 'America/Sao_Paulo', locale: 'en' };

/** Where the examples' CRM stands in their documents. */
const CRM_IN_EXAMPLES = 'http://127.0.0.1:3901';

export interface SeedOptions {
  apiUrl: string;
  crmUrl: string;
  dataDir: string;
  examplesDir: string;
  secrets: LauncherSecrets;
  emulator: EmulatorClient;
}

export interface Seeded {
  apiKey: string;
  apiKeyFile: string;
  timezone: string;
}

interface ExampleConnections {
  connections: Array<{ channel: string; name: string; account: string; settings: Record<string, unknown> }>;
  /** Tables that its workflow reads and writes. */
  tables?: Array<{ name: string; columns: Record<string, unknown> }>;
  templates: TemplateRequest[];
}

/** Puts the demo tenant and an example into a running engine, over the same REST that everybody uses. Changes nothing that is there. */
export async function seed(example: string, options: SeedOptions): Promise<Seeded> {
  const operator = new ApiClient(options.apiUrl, options.secrets.OPERATOR_API_KEY);
  const tenant = await ensureTenant(operator);
  const apiKeyFile = join(options.dataDir, 'demo-api-key.json');
  const apiKey = await ensureApiKey(operator, tenant, options.apiUrl, apiKeyFile);
  const api = new ApiClient(options.apiUrl, apiKey);
  const folder = join(options.examplesDir, example);
  const needs = await readJson<ExampleConnections>(join(folder, 'connections.json'));
  await ensureConnections(api, needs, options);
  await ensureTables(api, needs.tables ?? []);
  await ensurePublished(api, await readWorkflow(folder, options.crmUrl));
  return { apiKey, apiKeyFile, timezone: tenant.timezone };
}

async function ensureTenant(operator: ApiClient): Promise<TenantRecord> {
  try {
    return await operator.call<TenantRecord>('POST', '/v1/tenants', TENANT);
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
  }
  const { items } = await operator.call<Page<TenantRecord>>('GET', '/v1/tenants?limit=200');
  const tenant = items.find((candidate) => candidate.slug === TENANT.slug);
  if (!tenant)
    throw new Error('The demo tenant is there but not among the first 200 tenants, so the demo cannot be set up here.');
  return tenant;
}

async function ensureApiKey(operator: ApiClient, tenant: TenantRecord, apiUrl: string, file: string): Promise<string> {
  const kept = await readJson<{ key?: string }>(file).catch(() => null);
  if (kept?.key !== undefined && (await works(new ApiClient(apiUrl, kept.key)))) return kept.key;
  const body = { name: 'npm start', scopes: ['read', 'write', 'admin'] };
  const { key } = await operator.call<{ key: string }>('POST', `/v1/tenants/${tenant.id}/api-keys`, body);
  await writePrivate(file, { tenant: tenant.slug, key });
  return key;
}

async function works(api: ApiClient): Promise<boolean> {
  return api.call('GET', '/v1/workflows?limit=1').then(
    () => true,
    () => false,
  );
}

async function ensureConnections(
  api: ApiClient,
  example: ExampleConnections,
  { secrets, emulator, apiUrl }: SeedOptions,
): Promise<void> {
  const { items } = await api.call<Page<ConnectionRecord>>('GET', '/v1/connections?limit=200');
  for (const connection of example.connections) {
    const there = items.some(({ channel, account }) => channel === connection.channel && account === connection.account);
    if (!there) await api.call('POST', '/v1/connections', { ...connection, secrets: { accessToken: emulatedToken(secrets) } });
    // The emulator keeps everything in memory, so it is told at each start.
    const account = {
      accessToken: emulatedToken(secrets),
      appSecret: secrets.META_APP_SECRET,
      verifyToken: secrets.META_VERIFY_TOKEN,
      callbackUrl: `${apiUrl}/webhooks/${connection.channel}`,
    };
    if (connection.channel === 'instagram') await emulator.registerInstagram(connection.account, account);
    else await emulator.registerNumber(connection.account, account);
  }
  for (const template of example.templates) await emulator.registerTemplate(template);
}

async function ensureTables(api: ApiClient, tables: NonNullable<ExampleConnections['tables']>): Promise<void> {
  for (const table of tables) {
    await api.call('POST', '/v1/tables', table).catch((error: unknown) => {
      // It is there already.
      if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
    });
  }
}

async function ensurePublished(api: ApiClient, document: Record<string, unknown>): Promise<void> {
  const path = `/v1/workflows/${String(document['id'])}`;
  const published = await api.call<WorkflowRecord>('GET', path).then(
    (workflow) => workflow.publishedVersion,
    () => null,
  );
  if (published !== null) {
    const version = await api.call<WorkflowVersionRecord>('GET', `${path}/versions/${published}`);
    if (sameDocument(version.definition, document)) return;
  }
  await api.call('PUT', path, document);
  await api.call('POST', `${path}/publish`);
}

/** Postgres keeps JSON without its order, so texts cannot be compared. */
function sameDocument(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return JSON.stringify(sorted({ ...a, version: undefined })) === JSON.stringify(sorted({ ...b, version: undefined }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

async function readWorkflow(folder: string, crmUrl: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(folder, 'workflow.json'), 'utf8');
  const document: unknown = JSON.parse(text.replaceAll(CRM_IN_EXAMPLES, crmUrl));
  return document as Record<string, unknown>;
}

async function readJson<Content>(path: string): Promise<Content> {
  return JSON.parse(await readFile(path, 'utf8')) as Content;
}
