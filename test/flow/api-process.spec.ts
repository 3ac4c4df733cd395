import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateQueue } from '@workflows/queue';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { startEngine } from '../support/engine-process.js';

const SECRETS = {
  META_APP_SECRET: 'app-secret-of-the-process-test',
  META_VERIFY_TOKEN: 'verify-token-of-the-test',
  OPERATOR_API_KEY: 'operator-key-of-the-process-test',
  SECRETS_KEY: randomBytes(32).toString('base64'),
};

describe('the engine process', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
    await migrateQueue(test.adminUrl);
  });

  afterAll(async () => {
    await test.drop();
  });

  it('says in one line of JSON that it listens, serves, and leaves with 0 when it is told to', async () => {
    const engine = await startEngine({ ...SECRETS, NODE_ENV: 'test', ROLE: 'all', DATABASE_URL: test.appUrl });
    const lines = engine.log().trim().split('\n');
    const ready = lines.map((line): { msg: string } => JSON.parse(line)).filter((line) => line.msg === 'ready');
    expect(ready).toEqual([expect.objectContaining({ url: engine.url, role: 'all' })]);
    expect((await fetch(`${engine.url}/livez`)).status).toBe(200);
    expect(await engine.stop()).toBe(0);
    for (const secret of Object.values(SECRETS)) expect(engine.log()).not.toContain(secret);
  });

  it('opens no door with ROLE=worker but its health', async () => {
    const engine = await startEngine({ ...SECRETS, NODE_ENV: 'test', ROLE: 'worker', DATABASE_URL: test.appUrl });
    const statuses = await Promise.all(
      ['/livez', '/v1/tenants', '/webhooks/whatsapp', '/docs'].map(async (path) => (await fetch(`${engine.url}${path}`)).status),
    );
    expect(statuses).toEqual([200, 404, 404, 404]);
    expect(await engine.stop()).toBe(0);
  });

  it('refuses to start without its secrets, and names all of them', async () => {
    const engine = await startEngine({ DATABASE_URL: test.appUrl }, { awaitReady: false });
    expect((await engine.ended).code).toBe(1);
    for (const name of Object.keys(SECRETS)) expect(engine.log()).toContain(`${name} is missing. `);
  });
});
