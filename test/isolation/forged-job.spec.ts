import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresBackend, Queue } from 'bullmq';
import { ApiUnderTest, type TestTenant } from '../flow/api-under-test.js';
import { THINGS } from './requests.js';
import { newAttacker, plantVictim, rowsOf, VICTIM } from './world.js';

/** Whoever can write into the queue can ring the bell, and nothing else: jobs name no tenant that anybody would believe. */
describe('S9: a job that somebody pushed into the queue by hand', () => {
  let api: ApiUnderTest;
  let attacker: TestTenant;
  const queues: Array<ReturnType<typeof queueOf>> = [];

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
    await plantVictim(api);
    attacker = await newAttacker(api);
    const { adminUrl = '' } = api.test ?? {};
    for (const name of ['workflows-advance', 'workflows-outbound', 'workflows-events']) queues.push(queueOf(name, adminUrl));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await api.stop();
  });

  it('S9: moves nothing of another tenant, whatever ids of it the job names, and is gone after it', async () => {
    const before = [await rowsOf(api, VICTIM), await rowsOf(api, attacker.id)];
    const victim = (thing: string): string => THINGS[thing]?.victim ?? '';
    const forged: object[] = [
      { tenantId: attacker.id, executionId: victim('executionId'), mailboxId: victim('executionId') },
      { tenantId: VICTIM, mailboxId: victim('executionId'), leaseToken: 99, letters: [{ kind: 'cancel' }] },
      { tenantId: attacker.id, connectionId: victim('connectionId'), conversationId: victim('conversationId'), text: 'forged' },
      { tenantId: VICTIM, eventId: victim('eventId'), name: 'seed.planted', data: {} },
      JSON.parse(`{"__proto__":{"tenantId":"${VICTIM}"}}`),
    ];
    const jobs = await Promise.all(
      queues.flatMap((queue) => forged.flatMap((data) => ['ring', 'advance', 'send'].map((name) => queue.add(name, data)))),
    );
    for (const job of jobs) while (!(await job.isCompleted()) && !(await job.isFailed())) await pause(50);
    expect(jobs).toHaveLength(45);
    expect([await rowsOf(api, VICTIM), await rowsOf(api, attacker.id)]).toEqual(before);
  }, 60_000);
});

function queueOf(name: string, connectionString: string) {
  return new Queue(name, { connection: { connectionString } }, createPostgresBackend);
}
