import { KeyRing } from '@workflows/engine';
import { z } from 'zod';
import {
  addresses,
  duration,
  hosts,
  list,
  port,
  postgresUrl,
  redisUrl,
  secret,
  switchedOn,
  webUrl,
  wholeNumber,
} from './variables.js';

/**
 * Every variable that the engine reads, and nothing else: this schema, `.env.example` and the type `Config` are kept
 * alike by a test. `remedy` is what somebody reads who got it wrong. Secrets have no default, on purpose: a missing
 * one must refuse to start, and must never open a door.
 */
export const environment = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('production')
    .meta({ remedy: 'Write production, development or test.' }),
  ROLE: z.enum(['api', 'worker', 'all']).default('all').meta({ remedy: 'Write api, worker or all.' }),
  HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ remedy: 'Write the address to listen on: 127.0.0.1, or 0.0.0.0 in a container.' }),
  PORT: port().default(3000).meta({ remedy: 'Write a port number, 0 for any free one.' }),
  PUBLIC_URL: webUrl()
    .optional()
    .meta({ remedy: 'Write the address at which others reach this API, such as https://workflows.example.com.' }),
  TRUST_PROXY: addresses()
    .default([])
    .meta({ remedy: 'Write the addresses or networks of your reverse proxies, separated by commas.' }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .meta({ remedy: 'Write fatal, error, warn, info, debug or silent.' }),
  DATA_DIR: z
    .string()
    .min(1)
    .default('.data')
    .meta({ remedy: 'Write the directory in which the embedded database keeps its files.' }),

  DATABASE_URL: postgresUrl().meta({
    remedy: 'Write postgres://user:password@host:5432/database, with the login role of the engine.',
  }),
  DATABASE_MIGRATE_URL: postgresUrl()
    .optional()
    .meta({ remedy: 'Write postgres://... with the role that owns the schema; only migrations use it.' }),
  DATABASE_POOL: wholeNumber(2, 500).default(16).meta({ remedy: 'Write the number of connections per process, 2 to 500.' }),
  REDIS_URL: redisUrl()
    .optional()
    .meta({ remedy: 'Write redis://host:6379 or rediss://..., or leave it out to ring through Postgres.' }),

  META_GRAPH_URL: webUrl()
    .default('https://graph.facebook.com')
    .meta({ remedy: 'Write the base address of the Graph API, without a version.' }),
  META_GRAPH_VERSION: z
    .string()
    .regex(/^v\d{1,3}\.\d{1,2}$/, 'is not a version')
    .default('v26.0')
    .meta({ remedy: 'Write a version such as v26.0.' }),
  META_INSTAGRAM_URL: webUrl().default('https://graph.instagram.com').meta({
    remedy: 'Write the base address of the Instagram API, without a version; for Facebook Login https://graph.facebook.com.',
  }),
  META_APP_SECRET: list(secret(16)).meta({
    remedy: "Write the app's secret from Meta's dashboard, or several separated by commas while one is replaced.",
  }),
  META_VERIFY_TOKEN: secret(8).meta({
    remedy: 'Invent a token of at least 8 characters and enter the same one in the webhook settings at Meta.',
  }),

  OPERATOR_API_KEY: secret(24).meta({ remedy: 'Write at least 24 random characters: openssl rand -hex 32.' }),
  SECRETS_KEY: z
    .string()
    .transform((text, context) => {
      try {
        return KeyRing.parse(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? `is refused: ${error.message}` : 'is refused' });
        return z.NEVER;
      }
    })
    .meta({ remedy: 'Write 32 random bytes in base64: openssl rand -base64 32. To rotate: "new-id:key,old-id:key".' }),

  REQUESTS_PER_SECOND: wholeNumber(0, 100_000).default(500).meta({
    remedy:
      'Write requests a second for each API key, 1 to 100000; a tenant and an address may have twice as many. 0 sets no limit.',
  }),
  WORKER_CONCURRENCY: wholeNumber(1, 10_000)
    .default(256)
    .meta({ remedy: 'Write how many conversations a process may advance at once, 1 to 10000.' }),
  CLAIM_BATCH: wholeNumber(1, 1_000).default(64).meta({ remedy: 'Write how many mailboxes one claim takes, 1 to 1000.' }),
  SENDS_PER_SECOND: wholeNumber(1, 1_000).default(80).meta({ remedy: 'Write messages a second per connection, 1 to 1000.' }),
  SEND_TIMEOUT: duration('PT1S', 'PT2M')
    .default(15_000)
    .meta({ remedy: 'Write the longest wait for one send as an ISO 8601 duration, such as PT15S.' }),
  LEASE: duration('PT2S', 'PT10M')
    .default(30_000)
    .meta({ remedy: 'Write an ISO 8601 duration from PT2S to PT10M, such as PT30S.' }),
  SWEEP_INTERVAL: duration('PT0.05S', 'PT1M')
    .default(1_000)
    .meta({ remedy: 'Write an ISO 8601 duration up to PT1M, such as PT1S.' }),
  UNKNOWN_SEND_WAIT: duration('PT0.1S', 'PT1H')
    .default(90_000)
    .meta({ remedy: 'Write an ISO 8601 duration up to PT1H, such as PT90S.' }),
  SHUTDOWN_GRACE: duration('PT0S', 'PT5M')
    .default(20_000)
    .meta({ remedy: 'Write an ISO 8601 duration below the grace period of your orchestrator, such as PT20S.' }),

  EGRESS_ALLOW_PRIVATE: hosts()
    .default([])
    .meta({ remedy: 'Write the private places that workflows may call, as host:port, separated by commas.' }),
  TEST_CLOCK: switchedOn()
    .default(false)
    .meta({ remedy: 'Write true only in tests and demos: it lets the operator move the time.' }),
});

export type Environment = z.infer<typeof environment>;

/** The checked environment as a class, so that it can be injected. Never log it: it holds secrets. */
export class Config {
  constructor(readonly values: Environment) {}

  /** Reads the environment. Throws ConfigurationInvalid with every problem at once. */
  static from(variables: Record<string, string | undefined>): Config {
    const given = withoutBlanks(variables);
    const parsed = environment.safeParse(given);
    const problems = [
      ...(parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, given))),
      ...contradictions(given),
    ];
    if (!parsed.success || problems.length > 0) throw new ConfigurationInvalid(problems);
    return new Config(parsed.data);
  }
}

export class ConfigurationInvalid extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigurationInvalid';
  }
}

/** An empty value in a file of variables means "not set", as everybody expects who comments a value out by deleting it. */
function withoutBlanks(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== ''),
  );
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const name = String(issue.path[0]);
  const remedy = remedyOf(name);
  if (given[name] === undefined) return `${name} is missing. ${remedy}`;
  return `${name} ${issue.code === 'invalid_value' ? 'is none of the values that are known' : issue.message}. ${remedy}`;
}

function remedyOf(name: string): string {
  const schema = Object.entries(environment.shape).find(([known]) => known === name)?.[1];
  const remedy = schema?.meta()?.remedy;
  return typeof remedy === 'string' ? remedy : 'See .env.example.';
}

/** Rules over several variables; read from the raw values, so that they speak even when other variables are wrong. */
function contradictions(given: Record<string, string>): string[] {
  const problems: string[] = [];
  const production = (given.NODE_ENV ?? 'production') === 'production';
  if (given.TEST_CLOCK === 'true' && production) {
    problems.push(
      'TEST_CLOCK is true in production. Remove it: only a system with NODE_ENV=test or development may move its time.',
    );
  }
  if (given.TEST_CLOCK === 'true' && given.DATABASE_MIGRATE_URL === undefined) {
    problems.push("TEST_CLOCK needs DATABASE_MIGRATE_URL. Write the owner's login, which alone may move the clock.");
  }
  const [lease, sendTimeout] = [
    environment.shape.LEASE.safeParse(given.LEASE),
    environment.shape.SEND_TIMEOUT.safeParse(given.SEND_TIMEOUT),
  ];
  if (lease.success && sendTimeout.success && lease.data <= sendTimeout.data) {
    problems.push(
      'LEASE is not longer than SEND_TIMEOUT, so two workers could be at the same message. Write a longer LEASE or a shorter SEND_TIMEOUT.',
    );
  }
  return problems;
}
