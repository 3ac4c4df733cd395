import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { eventually } from '../support/deployment.js';
import { ApiUnderTest, type TestTenant } from './api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start({ ROLE: 'all' });
}, 60_000);
afterAll(() => api.stop(), 30_000);

const COLUMNS = {
  type: 'object',
  properties: { name: { type: 'string' }, stock: { type: 'integer', minimum: 0 } },
  required: ['name'],
};

async function shop(slug: string) {
  const tenant = await api.tenant(slug);
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    api.ask(method, `/v1${path}`, { key: tenant.key, ...(body === undefined ? {} : { body }), headers });
  return { tenant, ask };
}

async function publish({ key }: TestTenant, workflow: JsonObject & { id: string }): Promise<number> {
  await api.ask('PUT', `/v1/workflows/${workflow.id}`, { key, body: workflow });
  return (await api.ask('POST', `/v1/workflows/${workflow.id}/publish`, { key, body: {} })).status;
}

async function run({ key }: TestTenant, workflow: string, input: JsonObject, contact?: JsonObject) {
  const { json } = await api.ask('POST', '/v1/executions', { key, body: { workflow, input, contact } });
  const ended = await eventually(
    () => api.ask('GET', `/v1/executions/${json.executionId}`, { key }),
    ({ json: execution }) => ['completed', 'failed', 'cancelled'].includes(execution.status),
  );
  return ended.json;
}

describe('tables over REST', () => {
  it('are created, changed as far as their rows allow, and deleted', async () => {
    const { ask } = await shop('tables-life');
    expect(await ask('POST', '/tables', { name: 'Products', columns: COLUMNS })).toMatchObject({ status: 400 });
    expect(await ask('POST', '/tables', { name: 'products', columns: { type: 'string' } })).toMatchObject({ status: 400 });
    const taken = { ...COLUMNS, properties: { ...COLUMNS.properties, version: { type: 'integer' } } };
    expect(await ask('POST', '/tables', { name: 'products', columns: taken })).toMatchObject({
      status: 400,
      json: { errors: [{ path: '/columns/properties/version' }] },
    });
    const created = await ask('POST', '/tables', { name: 'products', columns: COLUMNS });
    expect(created).toMatchObject({ status: 201, json: { name: 'products', version: 1, rows: 0 } });
    expect(await ask('POST', '/tables', { name: 'products', columns: COLUMNS })).toMatchObject({ status: 409 });

    await ask('PUT', '/tables/products/rows/lamp', { value: { name: 'Lamp' } });
    const wider = { ...COLUMNS, properties: { ...COLUMNS.properties, colour: { type: 'string' } } };
    const narrower = { ...COLUMNS, properties: { name: { type: 'string', maxLength: 2 } } };
    expect(await ask('PUT', '/tables/products', { columns: wider })).toMatchObject({ status: 400 });
    expect(await ask('PUT', '/tables/products', { columns: wider }, { 'if-match': '"1"' })).toMatchObject({
      status: 200,
      json: { version: 2, rows: 1 },
    });
    expect(await ask('PUT', '/tables/products', { columns: wider }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await ask('PUT', '/tables/products', { columns: narrower }, { 'if-match': '"2"' })).toMatchObject({ status: 409 });
    await ask('DELETE', '/tables/products/rows/lamp');
    expect(await ask('PUT', '/tables/products', { columns: narrower }, { 'if-match': '"2"' })).toMatchObject({ status: 200 });

    expect(await ask('DELETE', '/tables/products')).toMatchObject({ status: 204 });
    expect(await ask('DELETE', '/tables/products')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/tables')).toMatchObject({ json: { items: [] } });
  });

  it('hold rows that are written whole or in part, over the version that the writer has seen', async () => {
    const { ask } = await shop('tables-rows');
    await ask('POST', '/tables', { name: 'products', columns: COLUMNS });
    const path = '/tables/products/rows/desk%20lamp';
    expect(await ask('PUT', path, { value: { name: 'Lamp', stock: 1 } }, { 'if-none-match': '*' })).toMatchObject({
      status: 200,
      json: { id: 'desk lamp', version: 1, value: { name: 'Lamp', stock: 1 } },
    });
    expect(await ask('PUT', path, { value: { name: 'Lamp' } }, { 'if-none-match': '*' })).toMatchObject({ status: 412 });
    const patched = await ask('PATCH', path, { value: { stock: null } }, { 'if-match': '"1"' });
    expect(patched).toMatchObject({ status: 200, json: { version: 2, value: { name: 'Lamp' } } });
    expect(patched.json.value).not.toHaveProperty('stock');
    expect(patched.headers.get('etag')).toBe('"2"');
    expect(await ask('PATCH', path, { value: { stock: 3 } }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await ask('PUT', path, { value: { stock: -1, colour: 'red' } })).toMatchObject({
      status: 422,
      json: { errors: [{ path: '/value/colour' }, { path: '/value/name' }, { path: '/value/stock' }] },
    });
    expect(await ask('PUT', '/tables/nothing/rows/a', { value: {} })).toMatchObject({ status: 404 });

    for (const id of ['a', 'b', 'c']) await ask('PUT', `/tables/products/rows/${id}`, { value: { name: id } });
    const first = await ask('GET', '/tables/products/rows?limit=2');
    expect(first.json.items.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
    const rest = await ask('GET', `/tables/products/rows?limit=2&cursor=${first.json.nextCursor}`);
    expect(rest.json).toMatchObject({ items: [{ id: 'c' }, { id: 'desk lamp' }], nextCursor: null });
    expect(await ask('DELETE', path, undefined, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await ask('DELETE', path, undefined, { 'if-match': '"2"' })).toMatchObject({ status: 204 });
    expect(await ask('GET', path)).toMatchObject({ status: 404 });
  });

  it('are of one tenant alone', async () => {
    const [mine, other] = [await shop('tables-mine'), await shop('tables-other')];
    await mine.ask('POST', '/tables', { name: 'products', columns: COLUMNS });
    await mine.ask('PUT', '/tables/products/rows/lamp', { value: { name: 'Lamp' } });
    expect(await other.ask('GET', '/tables/products')).toMatchObject({ status: 404 });
    expect(await other.ask('GET', '/tables/products/rows/lamp')).toMatchObject({ status: 404 });
    await other.ask('POST', '/tables', { name: 'products', columns: COLUMNS });
    expect(await other.ask('GET', '/tables/products/rows')).toMatchObject({ json: { items: [] } });
  });
});

describe('a run that reads and writes tables', () => {
  const ORDER: JsonObject & { id: string } = {
    dsl: '1.0',
    id: 'order',
    name: 'Order',
    triggers: [
      {
        id: 'api',
        type: 'call',
        contact: false,
        input: {
          type: 'object',
          properties: { product: { type: 'string' }, count: { type: 'integer' } },
          required: ['product', 'count'],
        },
      },
    ],
    start: 'look',
    nodes: {
      look: { type: 'data.read', with: { table: 'products', key: '{{ event.input.product }}' }, next: 'known' },
      known: {
        type: 'switch',
        cases: [{ when: 'steps.look.found', next: 'take' }],
        default: 'unknown',
      },
      take: {
        type: 'data.write',
        with: {
          table: 'products',
          op: 'increment',
          key: '{{ event.input.product }}',
          value: { stock: '{{ -event.input.count }}' },
        },
        next: 'note',
        catch: [{ errors: ['data.conflict'], next: 'sold_out' }],
      },
      note: {
        type: 'data.write',
        with: {
          table: 'orders',
          op: 'put',
          key: '{{ run.id }}',
          value: {
            product: '{{ event.input.product }}',
            left: '{{ steps.look.?row.stock.orValue(0) - event.input.count }}',
          },
          ifVersion: 0,
        },
        next: 'orders',
      },
      orders: {
        type: 'data.read',
        with: { table: 'orders', where: { product: '{{ event.input.product }}' }, orderBy: 'left', limit: 10 },
        next: 'done',
      },
      done: {
        type: 'end',
        with: { status: 'completed', output: { count: '{{ steps.orders.count }}', least: '{{ steps.orders.rows[0].left }}' } },
      },
      sold_out: { type: 'end', with: { status: 'completed', reason: 'sold_out' } },
      unknown: { type: 'end', with: { status: 'completed', reason: 'unknown' } },
    },
  };

  it('finds, counts down to the minimum of the column, and sees its own writes', async () => {
    const { tenant, ask } = await shop('data-run');
    expect(await publish(tenant, ORDER)).toBe(422);
    await ask('POST', '/tables', { name: 'products', columns: COLUMNS });
    const orders = {
      type: 'object',
      properties: { product: { type: 'string' }, left: { type: 'integer' } },
      required: ['product', 'left'],
    };
    await ask('POST', '/tables', { name: 'orders', columns: orders });
    await ask('PUT', '/tables/products/rows/lamp', { value: { name: 'Lamp', stock: 3 } });
    expect(await publish(tenant, ORDER)).toBe(201);

    expect(await run(tenant, 'order', { product: 'lamp', count: 2 })).toMatchObject({ output: { count: 1, least: 1 } });
    expect(await run(tenant, 'order', { product: 'lamp', count: 2 })).toMatchObject({ reason: 'sold_out' });
    expect(await run(tenant, 'order', { product: 'lamp', count: 1 })).toMatchObject({ output: { count: 2, least: 0 } });
    expect(await run(tenant, 'order', { product: 'sofa', count: 1 })).toMatchObject({ reason: 'unknown' });
    expect(await ask('GET', '/tables/products/rows/lamp')).toMatchObject({ json: { value: { stock: 0 } } });
    expect(await ask('DELETE', '/tables/products')).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('order') },
    });
  }, 60_000);
});

describe('a run that changes its contact', () => {
  const PROFILE: JsonObject & { id: string } = {
    dsl: '1.0',
    id: 'profile',
    name: 'Profile',
    triggers: [{ id: 'api', type: 'call', contact: true, input: { type: 'object', properties: { city: { type: 'string' } } } }],
    start: 'change',
    nodes: {
      change: {
        type: 'contact.update',
        with: {
          set: { name: 'Ana Lima', timezone: 'America/Recife', 'attributes.city': "{{ event.input.?city.orValue('-') }}" },
          addTags: ['lead', 'vip'],
          removeTags: ['new'],
        },
        next: 'done',
      },
      done: {
        type: 'end',
        with: {
          status: 'completed',
          output: {
            version: '{{ steps.change.version }}',
            first: '{{ contact.firstName }}',
            zone: '{{ contact.timezone }}',
            city: '{{ contact.attributes.city }}',
            tags: '{{ contact.tags }}',
          },
        },
      },
    },
  };

  it('sees the change in its next step, and so does the next run', async () => {
    const { tenant, ask } = await shop('data-contact');
    const secrets = { accessToken: 'token' };
    await ask('POST', '/connections', { channel: 'whatsapp', name: 'main', account: '990001', settings: {}, secrets });
    expect(await publish(tenant, PROFILE)).toBe(201);
    const contact = { connection: 'main', address: '+5511987654321', name: 'Nobody' };
    expect(await run(tenant, 'profile', { city: 'Recife' }, contact)).toMatchObject({
      output: { version: 2, first: 'Ana', zone: 'America/Recife', city: 'Recife', tags: ['lead', 'vip'] },
    });
    expect(await run(tenant, 'profile', { city: 'Olinda' }, contact)).toMatchObject({ output: { version: 3, city: 'Olinda' } });
    const optOut = {
      ...PROFILE,
      id: 'leave',
      nodes: {
        change: { type: 'contact.update', with: { optOut: true }, next: 'done' },
        done: { type: 'end', with: { output: '{{ contact.optedOut }}' } },
      },
    };
    expect(await publish(tenant, optOut)).toBe(201);
    expect(await run(tenant, 'leave', {}, contact)).toMatchObject({ output: true });
    const contactless = { ...PROFILE, id: 'nobody', triggers: [{ id: 'api', type: 'call', contact: false }] };
    expect(await publish(tenant, contactless)).toBe(422);
  }, 60_000);
});
