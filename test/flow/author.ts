import type { JsonObject } from '@workflows/core';
import { eventually } from '../support/deployment.js';
import type { Workflow } from '../support/spoken.js';
import type { Answer, ApiUnderTest, TestTenant } from './api-under-test.js';

/** Started by a call without a contact; its nodes in their order, each going on to the next. Unless they say so, the output is that of `end`. */
export function called(id: string, steps: Record<string, JsonObject>, more: JsonObject = {}): Workflow {
  const names = Object.keys(steps);
  const nodes = Object.entries(steps).map(([name, node], index) => {
    const hasNext = !['end', 'switch', 'parallel', 'foreach'].includes(String(node['type']));
    return [name, { ...(hasNext ? { next: names[index + 1] ?? 'end' } : {}), ...node }];
  });
  return {
    dsl: '1.0',
    id,
    name: id,
    triggers: [{ id: 'api', type: 'call', contact: false }],
    start: names[0] ?? 'end',
    nodes: Object.fromEntries(nodes),
    ...more,
  };
}

/** The last node: ends with this output. */
export const ends = (output: JsonObject[string]): JsonObject => ({ type: 'end', with: { output } });

/** What an author does with the workflows of a tenant. */
export class Author {
  constructor(
    private readonly api: ApiUnderTest,
    readonly tenant: TestTenant,
  ) {}

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.api.ask(method, `/v1${path}`, { key: this.tenant.key, ...(body === undefined ? {} : { body }) });
  }

  async publish(document: Workflow): Promise<void> {
    await this.ask('PUT', `/workflows/${document.id}`, document);
    const { status, text } = await this.ask('POST', `/workflows/${document.id}/publish`, {});
    if (status !== 201) throw new Error(`Not published: ${text}`);
  }

  /** Starts a run and gives its id. */
  async start(workflow: string, input: JsonObject = {}, contact?: JsonObject): Promise<string> {
    const { status, text, json } = await this.ask('POST', '/executions', { workflow, input, contact });
    if (status >= 300) throw new Error(`Not started: ${text}`);
    return json.executionId;
  }

  /** The run, once it is as it is waited for. */
  async seen(id: string, statuses: string[]): Promise<Answer['json']> {
    const { json } = await eventually(
      () => this.ask('GET', `/executions/${id}`),
      ({ json: execution }) => statuses.includes(execution.status),
    );
    return json;
  }

  /** Publishes and runs to the end. */
  async run(document: Workflow, input: JsonObject = {}): Promise<Answer['json']> {
    await this.publish(document);
    return this.ended(await this.start(document.id, input));
  }

  ended(id: string): Promise<Answer['json']> {
    return this.seen(id, ['completed', 'failed', 'cancelled']);
  }
}
