import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { freePort, startEngine } from '../support/engine-process.js';

const DISCOUNT = {
  dsl: '1.0',
  id: 'discount',
  name: 'Discount',
  triggers: [{ id: 'api', type: 'call' }],
  start: 'ok',
  nodes: {
    ok: {
      type: 'human.approval',
      with: { queue: 'sales', title: 'Discount of {{ string(30) }} %', details: { by: 'Ana' } },
      timeout: 'PT1H',
      next: 'given',
      on: { rejected: 'refused', timeout: 'nobody' },
    },
    given: { type: 'end', with: { status: 'completed', reason: 'given', output: '{{ steps.ok.by }}' } },
    refused: { type: 'end', with: { status: 'completed', reason: 'refused', output: "{{ steps.ok.?comment.orValue('') }}" } },
    nobody: { type: 'end', with: { status: 'completed', reason: 'nobody' } },
  },
};

interface Task {
  id: string;
  title: string;
  status: string;
  executionId: string;
}

describe('an approval', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    tenant = await deployment.tenant([]);
    await tenant.rest.put('/v1/workflows/discount', DISCOUNT);
    await expect(tenant.rest.post('/v1/workflows/discount/publish', {})).rejects.toThrow('ref.resource');
    await tenant.rest.put('/v1/queues/sales', { title: 'Sales' });
    await tenant.rest.post('/v1/workflows/discount/publish', {});
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  async function asked(): Promise<Task> {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow: 'discount' });
    const open = () => tenant.rest.get<{ items: Task[] }>('/v1/tasks?queue=sales&status=open');
    const { items } = await eventually(open, (page) => page.items.some((task) => task.executionId === executionId));
    const task = items.find((each) => each.executionId === executionId);
    if (task === undefined) throw new Error('The task is gone.');
    return task;
  }

  const ended = (executionId: string) =>
    eventually(
      () => tenant.rest.get<{ status: string; reason: string; output: string }>(`/v1/executions/${executionId}`),
      ({ status }) => status !== 'waiting' && status !== 'running' && status !== 'queued',
    );

  it('leads a run on by what a person decided, and says who did', async () => {
    const yes = await asked();
    expect(yes.title).toBe('Discount of 30 %');
    await tenant.rest.post(`/v1/tasks/${yes.id}/approve`, { by: 'Bea' });
    await tenant.rest.post(`/v1/tasks/${yes.id}/approve`, { by: 'Bea' });
    await expect(tenant.rest.post(`/v1/tasks/${yes.id}/reject`, {})).rejects.toThrow('refused with 409');
    expect(await ended(yes.executionId)).toMatchObject({ reason: 'given', output: 'Bea' });

    const no = await asked();
    await tenant.rest.post(`/v1/tasks/${no.id}/reject`, { comment: 'too much' });
    expect(await ended(no.executionId)).toMatchObject({ reason: 'refused', output: 'too much' });
    expect(await tenant.rest.get(`/v1/tasks/${no.id}`)).toMatchObject({ status: 'rejected', by: 'key:test', via: 'key:test' });
  }, 60_000);

  it('counts when it came in time, however late a worker finds it', async () => {
    const task = await asked();
    const worker = await startEngine({ ...deployment.environment, ROLE: 'worker', PORT: String(await freePort()) });
    await deployment.start({ ROLE: 'api' });
    await worker.kill();
    await tenant.rest.post(`/v1/tasks/${task.id}/approve`, { by: 'Bea' });
    await deployment.advance(2 * 3_600_000);
    await deployment.start();
    expect(await ended(task.executionId)).toMatchObject({ reason: 'given' });
  }, 60_000);

  it('goes on without people when nobody decides, and the task is closed', async () => {
    const late = await asked();
    const gone = await asked();
    await tenant.rest.post(`/v1/executions/${gone.executionId}/cancel`, {});
    await ended(gone.executionId);
    await deployment.advance(3_600_000);
    expect(await ended(late.executionId)).toMatchObject({ reason: 'nobody' });
    expect(await tenant.rest.get(`/v1/tasks/${late.id}`)).toMatchObject({ status: 'expired', by: null });
    expect(await tenant.rest.get(`/v1/tasks/${gone.id}`)).toMatchObject({ status: 'withdrawn' });
    await expect(tenant.rest.post(`/v1/tasks/${late.id}/approve`, {})).rejects.toThrow('refused with 409');
  }, 60_000);
});
