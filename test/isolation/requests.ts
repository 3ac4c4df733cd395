import type { Operation } from './operations.js';

/**
 * How to ask for each thing of the victim. `victim` is in the seed, `unknown` never was and is as long: the two answers
 * must then be alike to the byte. Written as `<collection>.<parameter>` where one name means several things.
 */
export const THINGS: Record<string, { victim: string; unknown: string }> = {
  tenantId: { victim: 'a0000000-0000-4000-8000-000000000000', unknown: 'a9999999-0000-4000-8000-000000000000' },
  connectionId: { victim: 'c0000000-0000-4000-8000-000000000000', unknown: 'c9999999-0000-4000-8000-000000000000' },
  conversationId: { victim: 'f0000000-0000-4000-8000-000000000000', unknown: 'f9999999-0000-4000-8000-000000000000' },
  contactId: { victim: 'e0000000-0000-4000-8000-000000000000', unknown: 'e9999999-0000-4000-8000-000000000000' },
  executionId: { victim: '10000000-0000-4000-8000-000000000000', unknown: '19999999-0000-4000-8000-000000000000' },
  eventId: { victim: '20000000-0000-4000-8000-000000000000', unknown: '29999999-0000-4000-8000-000000000000' },
  taskId: { victim: '30000000-0000-4000-8000-000000000000', unknown: '39999999-0000-4000-8000-000000000000' },
  migrationId: { victim: '40000000-0000-4000-8000-000000000000', unknown: '49999999-0000-4000-8000-000000000000' },
  workflowId: { victim: 'hello', unknown: 'hallo' },
  trigger: { victim: 'daily', unknown: 'dailo' },
  slot: { victim: '2026-01-01T00:00:00.000Z', unknown: '2026-01-02T00:00:00.000Z' },
  // Numbers count up in every tenant alike, so they name nobody's thing.
  version: { victim: '1', unknown: '1' },
  revision: { victim: '1', unknown: '1' },
  account: { victim: '15550100200', unknown: '15550100299' },
  table: { victim: 'products', unknown: 'prodocts' },
  row: { victim: 'lamp', unknown: 'limp' },
  'secrets.name': { victim: 'shop', unknown: 'ship' },
  'credentials.name': { victim: 'crm', unknown: 'crn' },
  'models.name': { victim: 'wise', unknown: 'wisd' },
  'queues.name': { victim: 'sales', unknown: 'salts' },
};

/** Texts that only the victim has: none may ever stand in another tenant's answer. */
export const CANARIES = ['Canary', 'canary.example.com', ...Object.values(THINGS).map(({ victim }) => victim)].filter(
  (text) => /^\w{8}-/.test(text) || /canary/i.test(text),
);

interface Filled {
  body?: unknown;
  headers?: Record<string, string>;
  query?: string;
}

/** `of` gives the victim's or the unknown thing of a kind, so that ids in bodies and queries are attacked too. */
type Fill = (of: (thing: string) => string) => Filled;

const text = { text: 'hello' };
const document = (id: string) => ({
  dsl: '1.0',
  id,
  name: 'Attack',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'done',
  nodes: { done: { type: 'end', with: { status: 'completed' } } },
});
/** A document that names what only the victim has, in every place where the language takes such a name. */
const smuggler = {
  ...document('smuggler'),
  start: 'call',
  nodes: {
    call: {
      type: 'http.request',
      with: { method: 'GET', url: 'https://canary.example.com/', credential: 'crm' },
      next: 'think',
    },
    think: { type: 'ai.generate', with: { model: 'wise', prompt: 'Attack' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
};

/** Bodies and queries that get past the form to the question whose thing it is. One line for each operation that takes one. */
export const REQUESTS: Record<string, Fill> = {
  'POST /v1/tenants': () => ({ body: { slug: 'acme', name: 'Acme' } }),
  'POST /v1/tenants/{tenantId}/api-keys': () => ({ body: { name: 'x', scopes: ['read'] } }),
  'POST /v1/api-keys': () => ({ body: { name: 'x', scopes: ['read'] } }),
  'POST /v1/connections': (of) => ({
    body: { channel: 'whatsapp', name: 'attack', account: of('account'), secrets: { accessToken: 'token-of-the-attacker' } },
  }),
  'PATCH /v1/connections/{connectionId}': () => ({ body: { status: 'disabled' } }),
  'PUT /v1/secrets/{name}': () => ({ body: { value: 'a-secret-of-the-attacker' } }),
  'PUT /v1/credentials/{name}': () => ({
    body: { type: 'bearer', hosts: ['attacker.example.com'], secret: 'a-secret-of-the-attacker' },
  }),
  'PUT /v1/models/{name}': () => ({
    body: { provider: 'openai_compatible', baseUrl: 'https://attacker.example.com/v1', model: 'attack' },
  }),
  'PUT /v1/model-budget': () => ({ body: { monthlyUsd: 1 } }),
  'PUT /v1/queues/{name}': () => ({ body: { title: 'Attack' } }),
  'POST /v1/tables': () => ({ body: { name: 'products', columns: { type: 'object', properties: { a: { type: 'string' } } } } }),
  'PUT /v1/tables/{table}': () => ({
    headers: { 'if-match': '"1"' },
    body: { columns: { type: 'object', properties: { price: { type: 'number' }, a: { type: 'string' } } } },
  }),
  'PUT /v1/tables/{table}/rows/{row}': () => ({ body: { value: {} } }),
  'PATCH /v1/tables/{table}/rows/{row}': () => ({ body: { value: {} } }),
  'POST /v1/workflows/validate': () => ({ body: smuggler }),
  'POST /v1/workflows/test': () => ({ body: smuggler }),
  'PUT /v1/workflows/{workflowId}': (of) => ({ body: document(of('workflowId')) }),
  'POST /v1/workflows/import': () => ({ body: { dsl: '1.0', workflows: [smuggler] } }),
  'GET /v1/workflows/{workflowId}/diff': () => ({ query: '?from=1&to=1' }),
  'POST /v1/workflows/{workflowId}/rollback': () => ({ body: { version: 1 } }),
  'POST /v1/workflows/{workflowId}/migrations': () => ({ body: { from: 2, to: 3, dryRun: false } }),
  'POST /v1/workflows/{workflowId}/migrations/{migrationId}/undo': () => ({ body: { dryRun: false } }),
  'GET /v1/audit': (of) => ({ query: `?target=execution:${of('executionId')}` }),
  'POST /v1/executions/redrive': (of) => ({ body: { workflow: of('workflowId'), limit: 10 } }),
  'POST /v1/executions/{executionId}/cancel': () => ({ body: { reason: 'attack' } }),
  'POST /v1/executions/{executionId}/fork': () => ({ body: { step: 1 } }),
  'POST /v1/executions/{executionId}/retry': () => ({ body: {} }),
  'POST /v1/executions/{executionId}/skip': () => ({ body: { node: 'greet' } }),
  'POST /v1/executions': (of) => ({ body: { workflow: of('workflowId'), contact: { connection: 'main', address: '15550100' } } }),
  'GET /v1/executions': (of) => ({
    query: `?workflow=${of('workflowId')}&contact=${of('contactId')}&conversation=${of('conversationId')}`,
  }),
  'GET /v1/executions/{executionId}/changes': () => ({ query: '?from=1&to=2' }),
  'POST /v1/events': () => ({ body: { name: 'seed.planted', key: 'seed', data: {} } }),
  'POST /v1/conversations/{conversationId}/reply': () => ({ body: text }),
  'POST /v1/conversations/{conversationId}/hand-back': () => ({ body: {} }),
  'POST /v1/conversations/{conversationId}/close': () => ({ body: {} }),
  'PUT /v1/contact-attributes': () => ({ body: { schema: { type: 'object', properties: { seed: { type: 'string' } } } } }),
  'PUT /v1/conversation-rules': (of) => ({ body: { fallbackWorkflow: of('workflowId') } }),
  'GET /v1/schedules': (of) => ({ query: `?workflow=${of('workflowId')}` }),
  'GET /v1/tasks': (of) => ({ query: `?queue=${of('queues.name')}&conversation=${of('conversationId')}` }),
  'POST /v1/tasks/{taskId}/approve': () => ({ body: {} }),
  'POST /v1/tasks/{taskId}/reject': () => ({ body: {} }),
};

/**
 * What an attacker may do with a name, because names are each tenant's own: it makes or changes the attacker's thing of
 * this name, and the answer is the same whether the victim has one or nobody.
 */
export const MAKES_ITS_OWN = [
  'PUT /v1/secrets/{name}',
  'PUT /v1/credentials/{name}',
  'PUT /v1/models/{name}',
  'PUT /v1/queues/{name}',
  'PUT /v1/workflows/{workflowId}',
];

/** Beneath a table of its own, an attacker makes its own row of the name. */
export const MAKES_ITS_OWN_ROW = ['PUT /v1/tables/{table}/rows/{row}', 'PATCH /v1/tables/{table}/rows/{row}'];

/** A number of a channel has one owner in the whole deployment, so that who claims it twice is told; nothing else is. */
export const HAS_ONE_OWNER: Record<string, number> = { 'POST /v1/connections': 409 };

/** The whole system's and no tenant's: the same for everybody. */
export const NO_TENANTS = ['GET /v1/node-types/{type}'];

/** What stands for a parameter: the thing of this collection, or of this name anywhere. */
export function thingOf({ path }: Operation, parameter: string): string {
  const collection = /^\/v1\/([\w-]+)/.exec(path)?.[1] ?? '';
  return `${collection}.${parameter}` in THINGS ? `${collection}.${parameter}` : parameter;
}
