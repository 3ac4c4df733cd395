import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@workflows/core';
import { Program } from './program.js';
import type { Servers } from './servers.js';

/** How the product is spread over processes, and through what its doorbell rings. */
export interface Shape {
  processes: 'all' | 'api+worker' | 'api+2workers';
  queue: 'redis' | 'postgres';
}

export interface Hook {
  /** Address of the tenant's webhook trigger. */
  url: string;
  secret: string;
}

const OPERATOR_KEY = 'operator-key-of-the-benchmark';

/** The built product over its servers, as a deployment would start it, in production mode. */
export class Deployment {
  private constructor(
    private readonly programs: Program[],
    readonly url: string,
  ) {}

  /** `allow`: host:port of the sink, which is private and must be allowed. `nodeOptions` go to every process. */
  static async start(servers: Servers, shape: Shape, allow: string, nodeOptions: readonly string[] = []): Promise<Deployment> {
    const environment = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      PORT: '0',
      DATABASE_URL: servers.postgres.appUrl,
      ...(shape.queue === 'redis' && servers.redis !== null ? { REDIS_URL: servers.redis.url } : {}),
      META_APP_SECRET: randomBytes(16).toString('hex'),
      META_VERIFY_TOKEN: randomBytes(16).toString('hex'),
      OPERATOR_API_KEY: OPERATOR_KEY,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      EGRESS_ALLOW_PRIVATE: allow,
    };
    const roles = {
      all: ['all'],
      'api+worker': ['api', 'worker'],
      'api+2workers': ['api', 'worker', 'worker'],
    }[shape.processes];
    const programs: Program[] = [];
    for (const ROLE of roles) programs.push(await Program.start('dist/main.js', { ...environment, ROLE }, nodeOptions));
    return new Deployment(programs, programs[0]?.url ?? '');
  }

  get pids(): number[] {
    return this.programs.map(({ pid }) => pid);
  }

  /** A tenant with this workflow published, and the address of its first webhook trigger. */
  async tenant(slug: string, workflow: JsonObject & { id: string }): Promise<{ id: string; key: string; hook: Hook }> {
    const { id } = await this.ask<{ id: string }>('POST', '/v1/tenants', OPERATOR_KEY, { slug, name: slug });
    const made = await this.ask<{ key: string }>('POST', `/v1/tenants/${id}/api-keys`, OPERATOR_KEY, {
      name: 'bench',
      scopes: ['read', 'write', 'admin'],
    });
    const { key } = made;
    const secret = randomBytes(24).toString('hex');
    await this.ask('PUT', '/v1/secrets/hook', key, { value: secret });
    await this.ask('PUT', `/v1/workflows/${workflow.id}`, key, workflow);
    await this.ask('POST', `/v1/workflows/${workflow.id}/publish`, key, {});
    const hooks = await this.ask<{ items: Array<{ path: string }> }>('GET', `/v1/workflows/${workflow.id}/webhooks`, key);
    return { id, key, hook: { url: `${this.url}${hooks.items[0]?.path ?? ''}`, secret } };
  }

  async ask<Answer>(method: string, path: string, key: string, body?: JsonObject): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was refused with ${response.status}: ${text}`);
    return JSON.parse(text === '' ? '{}' : text) as Answer;
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
  }
}
