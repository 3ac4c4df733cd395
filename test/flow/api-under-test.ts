import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migrateQueue } from '@workflows/queue';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { createApplication } from '../../src/application.js';
import { Config } from '../../src/config/config.js';
import { recordUse } from '../support/use-record.js';

export const OPERATOR_KEY = 'operator-key-of-the-api-tests';
export const APP_SECRET = 'app-secret-of-the-api-tests';
export const VERIFY_TOKEN = 'verify-token-of-the-api-tests';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; an empty object when there is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects of the body
  json: any;
}

export interface Ask {
  /** An API key or the operator's; none unless given. */
  key?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
}

export interface TestTenant {
  id: string;
  /** A key with every scope. */
  key: string;
}

/** The real application on a database of its own, listening on a free port. Stop it in `afterAll`. */
export class ApiUnderTest {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly test: TestDatabase | null,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<ApiUnderTest> {
    const test = await createTestDatabase({ testClock: true });
    await migrateQueue(test.adminUrl);
    return ApiUnderTest.over(test, { DATABASE_URL: test.appUrl, DATABASE_MIGRATE_URL: test.adminUrl, ...variables });
  }

  /** Without a database of its own: `DATABASE_URL` is among the variables. */
  static async over(test: TestDatabase | null, variables: Record<string, string>): Promise<ApiUnderTest> {
    const config = Config.from({
      NODE_ENV: 'test',
      ROLE: 'api',
      PORT: '0',
      LOG_LEVEL: process.env['API_TEST_LOG'] ?? 'fatal',
      META_APP_SECRET: APP_SECRET,
      META_VERIFY_TOKEN: VERIFY_TOKEN,
      OPERATOR_API_KEY: OPERATOR_KEY,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      ...variables,
    });
    const app = await createApplication(config);
    await app.listen(0, '127.0.0.1');
    return new ApiUnderTest(app, await app.getUrl(), test);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await recordUse(this.test);
    await this.test?.drop();
  }

  async ask(method: string, path: string, { key, body, raw, headers = {} }: Ask = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : new Uint8Array(sent) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
  }

  async tenant(slug: string): Promise<TestTenant> {
    const created = await this.ask('POST', '/v1/tenants', { key: OPERATOR_KEY, body: { slug, name: slug } });
    const id: string = created.json.id;
    return { id, key: await this.key(id, ['read', 'write', 'admin']) };
  }

  async key(tenantId: string, scopes: string[]): Promise<string> {
    const created = await this.ask('POST', `/v1/tenants/${tenantId}/api-keys`, {
      key: OPERATOR_KEY,
      body: { name: scopes.join('-'), scopes },
    });
    return created.json.key;
  }
}
