import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@workflows/core';
import { EmulatorClient, EmulatorServer, type LedgerEntry } from '@workflows/emulator';
import { migrateQueue } from '@workflows/queue';
import { createTestDatabase, startRedis, type TestDatabase, type TestRedis } from '@workflows/testing';
import { type EngineProcess, freePort, startEngine } from './engine-process.js';
import { RestClient } from './rest-client.js';
import { recordUse } from './use-record.js';

/** FLOW_QUEUE=redis runs every flow test with a doorbell on Redis; without it only those run twice that ask for it. */
const USUAL_QUEUE = process.env['FLOW_QUEUE'] ?? 'postgres';

export const OPERATOR_KEY = 'operator-key-of-a-flow-test';
const APP_SECRET = 'app-secret-of-a-flow-test';
const VERIFY_TOKEN = 'verify-token';
const ACCESS_TOKEN = 'access-token';
export const NUMBER = '106540352242922';

export interface Tenant {
  id: string;
  connectionId: string;
  key: string;
  /** With the tenant's API key. */
  rest: RestClient;
}

/**
 * A whole deployment for one suite: a database with a test clock, a queue, the Meta emulator, and the built engine in
 * a process of its own that can be killed and started again.
 */
export class Deployment {
  private constructor(
    readonly database: TestDatabase,
    readonly emulator: EmulatorClient,
    readonly emulatorUrl: string,
    readonly url: string,
    readonly environment: Record<string, string>,
    private readonly emulatorServer: EmulatorServer,
    readonly redis: TestRedis | null,
  ) {}

  private engine: EngineProcess | undefined;

  static async create(options: { queue?: 'postgres' | 'redis'; environment?: Record<string, string> } = {}): Promise<Deployment> {
    const database = await createTestDatabase({ testClock: true });
    await migrateQueue(database.adminUrl);
    const redis = (options.queue ?? USUAL_QUEUE) === 'redis' ? await startRedis() : null;
    const emulatorServer = new EmulatorServer();
    const emulatorUrl = await emulatorServer.start({ port: 0 });
    const port = String(await freePort());
    const environment = {
      NODE_ENV: 'test',
      PORT: port,
      DATABASE_URL: database.appUrl,
      DATABASE_MIGRATE_URL: database.adminUrl,
      ...(redis === null ? {} : { REDIS_URL: redis.url }),
      META_GRAPH_URL: emulatorUrl,
      META_INSTAGRAM_URL: emulatorUrl,
      META_APP_SECRET: APP_SECRET,
      META_VERIFY_TOKEN: VERIFY_TOKEN,
      OPERATOR_API_KEY: OPERATOR_KEY,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      TEST_CLOCK: 'true',
      // Short, so that what a killed process held comes back within the patience of a test.
      LEASE: 'PT3S',
      SEND_TIMEOUT: 'PT1S',
      SWEEP_INTERVAL: 'PT0.2S',
      // Longer than the emulator's longest pause between two tries of a webhook: receipts are in time, as Meta's are.
      UNKNOWN_SEND_WAIT: 'PT12S',
      ...options.environment,
    };
    return new Deployment(
      database,
      new EmulatorClient(emulatorUrl),
      emulatorUrl,
      `http://127.0.0.1:${port}`,
      environment,
      emulatorServer,
      redis,
    );
  }

  /** Starts the engine, or another one after it was killed. `extra` wins over the deployment's environment. */
  async start(extra: Record<string, string> = {}): Promise<EngineProcess> {
    await this.engine?.kill();
    this.engine = await startEngine({ ...this.environment, ...extra });
    return this.engine;
  }

  get operator(): RestClient {
    return new RestClient(this.url, OPERATOR_KEY);
  }

  /** A tenant with a key, a number on the emulator, tables by name, and these workflows published. */
  async tenant(
    workflows: Array<JsonObject & { id: string }>,
    number = NUMBER,
    tables: Record<string, JsonObject> = {},
  ): Promise<Tenant> {
    const { id } = await this.operator.post<{ id: string }>('/v1/tenants', {
      slug: `tenant-${number}`,
      name: 'Tenant',
      timezone: 'America/Sao_Paulo',
      locale: 'en',
    });
    const { key } = await this.operator.post<{ key: string }>(`/v1/tenants/${id}/api-keys`, {
      name: 'test',
      scopes: ['read', 'write', 'admin'],
    });
    const rest = new RestClient(this.url, key);
    const connection = await rest.post<{ id: string }>('/v1/connections', {
      channel: 'whatsapp',
      name: 'main',
      account: number,
      settings: { markRead: true, typing: true },
      secrets: { accessToken: ACCESS_TOKEN },
    });
    for (const [name, columns] of Object.entries(tables)) await rest.post('/v1/tables', { name, columns });
    for (const workflow of workflows) {
      const path = `/v1/workflows/${workflow.id}`;
      await rest.put(path, workflow);
      await rest.post(`${path}/publish`, {});
    }
    await this.emulator.registerNumber(number, {
      accessToken: ACCESS_TOKEN,
      appSecret: APP_SECRET,
      verifyToken: VERIFY_TOKEN,
      callbackUrl: `${this.url}/webhooks/whatsapp`,
    });
    return { id, connectionId: connection.id, key, rest };
  }

  /** The first `count` messages that this customer got, in order; fewer when no more came within `patienceMs`. */
  async sentTo(waId: string, count: number, patienceMs = 30_000): Promise<LedgerEntry[]> {
    const deadline = Date.now() + patienceMs;
    let entries = await this.emulator.messages({ waId });
    while (entries.length < count && Date.now() < deadline) {
      await this.emulator.messages({ waId, after: entries.at(-1)?.seq ?? 0, waitMs: 500 });
      entries = await this.emulator.messages({ waId });
    }
    return entries;
  }

  /** Moves the time of the database and of the emulator. */
  async advance(milliseconds: number): Promise<void> {
    await this.emulator.advanceClock(milliseconds);
    await this.database.advance(milliseconds);
  }

  async close(): Promise<void> {
    await this.engine?.kill();
    await this.emulatorServer.stop();
    await this.redis?.stop();
    await recordUse(this.database);
    await this.database.drop();
  }
}

/** Asks again until the answer is what is waited for, and says what it was when it never came. */
export async function eventually<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean, patienceMs = 20_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${patienceMs} ms in vain; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
