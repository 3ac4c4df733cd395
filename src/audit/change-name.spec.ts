import { describe, expect, it } from '@jest/globals';
import { nameChange } from './change-name.js';

const of = (text: string, params: Record<string, string> = {}, answer?: unknown): string => {
  const [method = '', route = ''] = text.split(' ');
  const { action, target } = nameChange({ method, route, params, answer });
  return `${action} ${target}`;
};

describe('what the audit log calls a change', () => {
  it.each([
    ['POST /v1/connections', {}, { id: 'c-1' }, 'connection.create connection:c-1'],
    ['PATCH /v1/connections/:connectionId', { connectionId: 'c-1' }, { id: 'c-1' }, 'connection.update connection:c-1'],
    ['POST /v1/connections/:connectionId/disable', { connectionId: 'c-1' }, {}, 'connection.disable connection:c-1'],
    ['PUT /v1/secrets/:name', { name: 'shop' }, undefined, 'secret.put secret:shop'],
    ['DELETE /v1/tables/:table/rows/:row', { table: 'prices', row: 'lamp' }, undefined, 'row.delete row:prices/lamp'],
    ['POST /v1/tables', {}, { name: 'prices' }, 'table.create table:prices'],
    ['POST /v1/workflows/:workflowId/publish', { workflowId: 'hello' }, { version: 3 }, 'workflow.publish workflow:hello'],
    ['POST /v1/workflows/import', {}, {}, 'workflow.import workflow'],
    ['PUT /v1/conversation-rules', {}, {}, 'conversation-rule.put conversation-rule'],
    ['POST /v1/executions', {}, { executionId: 'e-1', repeated: false }, 'execution.create execution:e-1'],
    ['POST /v1/tenants', {}, { id: 't-1' }, 'tenant.create tenant:t-1'],
    ['POST /v1/tenants/:tenantId/api-keys', { tenantId: 't-1' }, { id: 'k-1' }, 'api-key.create api-key:k-1'],
    ['DELETE /v1/tenants/:tenantId/api-keys/:keyId', { tenantId: 't-1', keyId: 'k-1' }, undefined, 'api-key.delete api-key:k-1'],
  ])('%s', (route, params, answer, expected) => {
    expect(of(route, params, answer)).toBe(expected);
  });
});
