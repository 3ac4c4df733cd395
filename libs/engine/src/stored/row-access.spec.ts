import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactChange, JsonObject, RowCondition, RowWrite } from '@workflows/core';
import { NODES } from '@workflows/nodes';
import { ContactStore, TableStore, TenantStore, WorkflowStore } from '@workflows/storage';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { NodeRegistry } from '../nodes/node.registry.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
import { CallTargets } from './call-targets.js';
import { DatabaseStorePerformer } from './database-store.performer.js';
import { RowAccess } from './row-access.js';

let test: TestDatabase;
let tables: TableStore;
let store: DatabaseStorePerformer;
beforeAll(async () => {
  test = await createTestDatabase();
  tables = new TableStore(test.database);
  // No table is read through it, but the performer is whole.
  const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers: [NodeRegistry, ...NODES] }).compile();
  const published = new PublishedWorkflows(new WorkflowStore(test.database), module.get(NodeRegistry));
  store = new DatabaseStorePerformer(
    new RowAccess(tables),
    new ContactStore(test.database),
    new CallTargets(published),
    new TenantStore(test.database),
  );
});
afterAll(() => test.drop());

const COLUMNS = {
  type: 'object' as const,
  properties: {
    name: { type: 'string' as const },
    price: { type: 'number' as const },
    stock: { type: 'integer' as const, minimum: 0 },
    open: { type: 'boolean' as const },
  },
  required: ['name'],
};

/** A tenant with a table `products`, and a run whose mailbox is leased. */
async function shop() {
  const { id: tenantId } = await new TenantStore(test.database).create({ slug: `t-${randomUUID()}`, name: 'Shop' });
  await tables.create(tenantId, 'products', COLUMNS);
  const mailboxId = randomUUID();
  await test.admin.query(
    "insert into workflows.mailboxes (tenant_id, id, lease_token, lease_until) values ($1, $2, 7, now() + interval '1 hour')",
    [tenantId, mailboxId],
  );
  const step = { tenantId, executionId: randomUUID(), mailboxId, leaseToken: 7, contactId: null };
  let keys = 0;
  const write = (change: Partial<RowWrite>, idempotencyKey = `key-${(keys += 1)}`, token = 7) =>
    store.perform(
      {
        kind: 'store',
        idempotencyKey,
        request: { do: 'write', table: 'products', op: 'put', key: 'lamp', value: {}, ...change },
      },
      { ...step, leaseToken: token },
    );
  const row = (key = 'lamp') => tables.row(tenantId, 'products', key);
  const search = (where: RowCondition[], order: { orderBy?: string; descending?: boolean; limit?: number } = {}) =>
    store.perform(
      {
        kind: 'store',
        idempotencyKey: 'unused',
        request: { do: 'search', table: 'products', where, descending: false, limit: 100, ...order },
      },
      step,
    );
  return { tenantId, write, row, search, step };
}

const done = (data: JsonObject) => ({ outcome: 'settled', result: { outcome: 'done', data } });
const failed = (code: string) => ({ outcome: 'settled', result: { outcome: 'failed', failure: { code, kind: 'terminal' } } });

describe('a write of a step', () => {
  it('puts, merges, increments and deletes a row, and gives it a new version each time', async () => {
    const { write, row } = await shop();
    expect(await write({ value: { name: 'Lamp', price: 9.5, stock: 2 } })).toEqual(done({ version: 1 }));
    expect(await write({ op: 'merge', value: { price: null, open: true } })).toEqual(done({ version: 2 }));
    expect(await write({ op: 'increment', value: { stock: -1, price: 0.1 } })).toEqual(done({ version: 3 }));
    expect(await row()).toEqual({ id: 'lamp', version: 3, name: 'Lamp', stock: 1, price: 0.1, open: true });
    expect(await write({ op: 'delete' })).toEqual(done({ version: 0 }));
    expect(await row()).toBeNull();
    // A version that comes back could make an old decision look like a new one.
    expect(await write({ value: { name: 'Lamp' } })).toEqual(done({ version: 4 }));
  });

  it('happens once for its key, whoever repeats it, and answers what the first one did', async () => {
    const { write, row } = await shop();
    await write({ value: { name: 'Lamp', stock: 5 } });
    const counted = await Promise.all([1, 2, 3].map(() => write({ op: 'increment', value: { stock: -1 } }, 'same')));
    expect(counted).toEqual([done({ version: 2 }), done({ version: 2 }), done({ version: 2 })]);
    expect(await row()).toMatchObject({ stock: 4, version: 2 });
    await write({ op: 'delete' });
    expect(await write({ op: 'increment', value: { stock: -1 } }, 'same')).toEqual(done({ version: 2 }));
    expect(await row()).toBeNull();
  });

  it('does nothing once the mailbox is in other hands', async () => {
    const { write, row } = await shop();
    expect(await write({ value: { name: 'Lamp' } }, 'late', 6)).toEqual({ outcome: 'fenced' });
    expect(await row()).toBeNull();
  });

  it('is a conflict when the row has another version than the writer has seen', async () => {
    const { write } = await shop();
    expect(await write({ value: { name: 'Lamp' }, ifVersion: 1 })).toMatchObject(failed('data.conflict'));
    expect(await write({ value: { name: 'Lamp' }, ifVersion: 0 })).toEqual(done({ version: 1 }));
    expect(await write({ value: { name: 'Lamp' }, ifVersion: 0 })).toMatchObject(failed('data.conflict'));
    expect(await write({ op: 'delete', ifVersion: 1 })).toEqual(done({ version: 0 }));
  });

  it('counts without losing one, however many count at once', async () => {
    const { write, row } = await shop();
    await write({ value: { name: 'Lamp', stock: 0 } });
    await Promise.all(Array.from({ length: 20 }, () => write({ op: 'increment', value: { stock: 1 } })));
    expect(await row()).toMatchObject({ stock: 20, version: 21 });
  });

  it('is refused with the column that does not fit, and never counts below a minimum', async () => {
    const { write, row } = await shop();
    expect(await write({ value: { price: 'free' } })).toMatchObject(failed('expr.failed'));
    expect(await write({ op: 'merge', value: { stock: 1 } })).toMatchObject(failed('expr.failed'));
    await write({ value: { name: 'Lamp', stock: 1 } });
    expect(await write({ op: 'increment', value: { name: 1 } })).toMatchObject(failed('expr.failed'));
    expect(await write({ op: 'increment', value: { stock: -2 } })).toMatchObject(failed('data.conflict'));
    expect(await row()).toMatchObject({ stock: 1 });
    expect(await write({ table: 'nothing' })).toMatchObject(failed('resource.missing'));
  });

  it('takes a row of 64 KB and refuses a larger one', async () => {
    const { write, row } = await shop();
    expect(await write({ value: { name: 'x'.repeat(66_000) } })).toMatchObject(failed('quota.exceeded'));
    expect(await row()).toBeNull();
  });

  it('learns of new columns at once, although it remembers the old ones', async () => {
    const { tenantId, write, row } = await shop();
    await write({ value: { name: 'Lamp', colour: 'red' } });
    expect(await row()).not.toHaveProperty('colour');
    const columns = { ...COLUMNS, properties: { ...COLUMNS.properties, colour: { type: 'string' as const } } };
    await tables.change(tenantId, 'products', columns, { expected: 1, whileEmpty: false });
    await write({ value: { name: 'Lamp', colour: 'red' } });
    expect(await row()).toMatchObject({ colour: 'red' });
  });

  it('keeps exact count of rows and bytes', async () => {
    const { tenantId, write } = await shop();
    await write({ value: { name: 'Lamp' } });
    await write({ key: 'sofa', value: { name: 'Sofa', stock: 3 } });
    await write({ op: 'increment', key: 'sofa', value: { stock: 100 } });
    await write({ op: 'delete' });
    const { rows } = await test.admin.query<{ rows: string; bytes: string }>(
      'select count(*) as rows, sum(octet_length(value::text)) as bytes from workflows.data_rows where tenant_id = $1',
      [tenantId],
    );
    expect(await tables.get(tenantId, 'products')).toMatchObject({
      rows: Number(rows[0]?.rows),
      bytes: Number(rows[0]?.bytes),
    });
  });
});

describe('a search', () => {
  async function filled() {
    const at = await shop();
    const rows: Array<[string, JsonObject]> = [
      ['a', { name: 'Ärmel', price: 10, open: true }],
      ['b', { name: 'Zange', price: 9.5 }],
      ['c', { name: 'apple', price: 100, open: false }],
      ['d', { name: 'Brot' }],
    ];
    for (const [key, value] of rows) await at.write({ key, value });
    const ids = async (where: RowCondition[], order = {}) => {
      const answer = await at.search(where, order);
      if (answer.outcome !== 'settled' || answer.result.outcome !== 'done') throw new Error(JSON.stringify(answer));
      return (answer.result.data as { rows: JsonObject[] }).rows.map(({ id }) => id).join('');
    };
    return { ...at, ids };
  }

  it('compares by every operator, and joins conditions by and', async () => {
    const { ids } = await filled();
    expect(await ids([])).toBe('abcd');
    expect(await ids([{ column: 'price', op: 'eq', value: 10 }])).toBe('a');
    expect(await ids([{ column: 'price', op: 'ne', value: 10 }])).toBe('bcd');
    expect(await ids([{ column: 'price', op: 'lt', value: 10 }])).toBe('b');
    expect(await ids([{ column: 'price', op: 'lte', value: 10 }])).toBe('ab');
    expect(await ids([{ column: 'price', op: 'gt', value: 9.5 }])).toBe('ac');
    expect(await ids([{ column: 'price', op: 'gte', value: 10 }])).toBe('ac');
    expect(await ids([{ column: 'price', op: 'eq', value: null }])).toBe('d');
    expect(await ids([{ column: 'price', op: 'ne', value: null }])).toBe('abc');
    expect(await ids([{ column: 'name', op: 'in', value: ['Brot', 'Zange', 'nobody'] }])).toBe('bd');
    expect(await ids([{ column: 'id', op: 'in', value: ['a', 'd'] }])).toBe('ad');
    expect(await ids([{ column: 'open', op: 'eq', value: false }])).toBe('c');
    expect(
      await ids([
        { column: 'price', op: 'gt', value: 9 },
        { column: 'price', op: 'lt', value: 50 },
        { column: 'name', op: 'gte', value: 'Z' },
      ]),
    ).toBe('ab');
  });

  it('takes values that look like SQL for what they are: values', async () => {
    const { ids } = await filled();
    expect(await ids([{ column: 'name', op: 'eq', value: "' or 1=1 --" }])).toBe('');
    expect(await ids([{ column: 'name', op: 'lt', value: "'; drop table workflows.data_rows; --" }])).toBe('');
  });

  it('orders by a column, byte by byte, with rows that lack it last in both directions', async () => {
    const { ids } = await filled();
    expect(await ids([], { orderBy: 'price' })).toBe('bacd');
    expect(await ids([], { orderBy: 'price', descending: true })).toBe('cabd');
    expect(await ids([], { orderBy: 'name' })).toBe('dbca');
    expect(await ids([], { orderBy: 'id', descending: true, limit: 2 })).toBe('dc');
  });

  it('refuses a column that the table does not have, and a table that the tenant does not have', async () => {
    const { search, step } = await filled();
    expect(await search([{ column: 'prise', op: 'eq', value: 1 }])).toMatchObject(failed('expr.failed'));
    const request = { do: 'search' as const, table: 'nothing', where: [], descending: false, limit: 1 };
    expect(await store.perform({ kind: 'store', idempotencyKey: 'k', request }, step)).toMatchObject(failed('resource.missing'));
  });

  it('refuses more than 256 KB at once', async () => {
    const { write, search } = await shop();
    for (const key of ['1', '2', '3', '4', '5']) await write({ key, value: { name: 'x'.repeat(60_000) } });
    expect(await search([])).toMatchObject(failed('quota.exceeded'));
    expect(await search([], { limit: 2 })).toMatchObject({ result: { outcome: 'done', data: { count: 2 } } });
  });

  it('sees no row of another tenant with a table of the same name', async () => {
    const [mine, other] = [await filled(), await shop()];
    expect(await other.search([])).toEqual(done({ rows: [], count: 0 }));
    expect(await mine.ids([])).toBe('abcd');
  });
});

it('forgets what writes answered once their run has ended, and not before', async () => {
  const { tenantId, write } = await shop();
  await write({ value: { name: 'Lamp' } }, 'kept');
  const left = async () =>
    (await test.admin.query('select from workflows.store_writes where tenant_id = $1', [tenantId])).rowCount ?? 0;
  await test.database.call('forget_writes', { p_limit: 1000 });
  expect(await left()).toBe(1);
  await test.admin.query("update workflows.store_writes set at = at - interval '2 days' where tenant_id = $1", [tenantId]);
  await test.database.call('forget_writes', { p_limit: 1000 });
  expect(await left()).toBe(0);
});

describe('a change of a contact', () => {
  async function met() {
    const { step, tenantId } = await shop();
    const contactId = randomUUID();
    await test.admin.query(
      `insert into workflows.contacts (tenant_id, id, name, tags, attributes) values ($1, $2, 'Ana', '{new,old}', '{"city":"Recife","age":3}')`,
      [tenantId, contactId],
    );
    const change = (request: Partial<ContactChange>, idempotencyKey: string) =>
      store.perform(
        {
          kind: 'store',
          idempotencyKey,
          request: { do: 'contact', set: {}, attributes: {}, addTags: [], removeTags: [], ...request },
        },
        { ...step, contactId },
      );
    return { change };
  }

  it('sets, adds and removes what it names, and leaves the rest', async () => {
    const { change } = await met();
    const request = {
      set: { locale: 'pt-BR' },
      attributes: { city: null, seats: 2 },
      addTags: ['vip', 'old'],
      removeTags: ['new'],
    };
    expect(await change(request, 'first')).toMatchObject({
      ...done({ version: 2 }),
      contact: {
        name: 'Ana',
        locale: 'pt-BR',
        timezone: null,
        optedOut: false,
        tags: ['old', 'vip'],
        attributes: { age: 3, seats: 2 },
      },
    });
    expect(await change({ optOut: true }, 'second')).toMatchObject({ contact: { optedOut: true, tags: ['old', 'vip'] } });
  });

  it('happens once for its key, and tells the repeat how the contact is now', async () => {
    const { change } = await met();
    await change({ addTags: ['vip'] }, 'same');
    await change({ removeTags: ['vip'] }, 'other');
    expect(await change({ addTags: ['vip'] }, 'same')).toMatchObject({
      ...done({ version: 2 }),
      contact: { tags: ['new', 'old'] },
    });
  });

  it('keeps a contact small', async () => {
    const { change } = await met();
    expect(await change({ attributes: { note: 'x'.repeat(33_000) } }, 'a')).toMatchObject(failed('quota.exceeded'));
    expect(await change({ addTags: Array.from({ length: 101 }, (_each, n) => `t${n}`) }, 'b')).toMatchObject(
      failed('quota.exceeded'),
    );
  });
});
