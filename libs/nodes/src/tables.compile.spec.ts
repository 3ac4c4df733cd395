import { describe, expect, it } from '@jest/globals';
import { compile, type JsonObject, loadGraph, type TenantContext } from '@workflows/core';
import { NODE_SPECS } from './index.js';

const TABLES: NonNullable<TenantContext['tables']> = {
  products: {
    type: 'object',
    properties: { name: { type: 'string' }, price: { type: 'number' }, stock: { type: 'integer' } },
    required: ['name', 'stock'],
  },
};

const document = (nodes: JsonObject, vars: JsonObject = {}): JsonObject => ({
  dsl: '1.0',
  id: 'shop',
  name: 'Shop',
  vars,
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'read',
  nodes: { ...nodes, done: { type: 'end', with: { status: 'completed' } } },
});

const check = (nodes: JsonObject, context: TenantContext = { tables: TABLES }, vars: JsonObject = {}) =>
  compile(document(nodes, vars), { nodeTypes: NODE_SPECS, context });

const findings = (nodes: JsonObject, context?: TenantContext) =>
  check(nodes, context).problems.map(({ code, path }) => `${code} ${path}`);

const read = (config: JsonObject, more: JsonObject = {}): JsonObject => ({
  read: { type: 'data.read', with: { table: 'products', ...config }, next: 'done', ...more },
});

describe('a document with tables', () => {
  it('types rows by the columns of the table', () => {
    const sum = (expression: string) =>
      findings({
        ...read({ key: 'lamp' }, { next: 'sum' }),
        sum: { type: 'transform', with: { value: { n: `{{ ${expression} }}` } }, next: 'done' },
      });
    expect(sum('steps.read.?row.stock.orValue(0) + 1')).toEqual([]);
    expect(sum('steps.read.?row.name.orValue("") + 1')).toEqual([expect.stringContaining('expr.type')]);
    expect(sum('steps.read.?row.colour.orValue("")')).toEqual([expect.stringContaining('ref.unknown_field')]);
    expect(sum('steps.read.row.stock')).toEqual([expect.stringContaining('ref.optional')]);
  });

  it('saves the row of a key, and the rows of a search', () => {
    const vars = { all: { type: 'array' }, one: { type: 'object' } };
    expect(check(read({}, { save: 'vars.all' }), undefined, vars).ok).toBe(true);
    expect(check(read({ key: 'lamp' }, { save: 'vars.one' }), undefined, vars).ok).toBe(true);
    expect(check(read({ key: 'lamp' }, { save: 'vars.all' }), undefined, vars).ok).toBe(false);
  });

  it('names tables, columns and values that cannot be right', () => {
    expect(findings({ read: { type: 'data.read', with: { table: 'prodcuts' }, next: 'done' } })).toEqual([
      'ref.resource /nodes/read/with/table',
    ]);
    expect(findings(read({ where: { prize: 3, stock: { gt: 'many' }, name: 'x' }, orderBy: 'version' }))).toEqual([
      'ref.unknown_field /nodes/read/with/where/prize',
      'expr.type /nodes/read/with/where/stock/gt',
    ]);
    expect(
      findings({
        read: {
          type: 'data.write',
          with: { table: 'products', op: 'put', key: 'a', value: { id: 'a', name: 4, stock: '{{ 3 }}' } },
          next: 'done',
        },
      }),
    ).toEqual(['ref.unknown_field /nodes/read/with/value/id', 'expr.type /nodes/read/with/value/name']);
  });

  it('is unchecked where the tables are not known', () => {
    const checked = check(read({ where: { anything: 1 } }), {});
    expect(checked).toMatchObject({ ok: true, unchecked: ['tables'] });
  });

  it('computes with the types that it was checked by when it is loaded again', () => {
    const nodes = {
      ...read({ key: 'lamp' }, { next: 'sum' }),
      sum: { type: 'transform', with: { value: { n: '{{ steps.read.?row.stock.orValue(0) + 1 }}' } }, next: 'done' },
    };
    const checked = check(nodes, { tables: { ...TABLES, unused: { type: 'object', properties: {} } } });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(Object.keys(checked.schemas.tables ?? {})).toEqual(['products']);
    const { schemas } = checked;
    const graph = loadGraph(document(nodes), { nodeTypes: NODE_SPECS, schemas });
    expect(graph.nodes['read']?.primary).toBe('row');
  });
});
