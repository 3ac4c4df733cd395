import { type DynamicModule, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { INSTAGRAM_OPTIONS, type InstagramOptions, WHATSAPP_OPTIONS, type WhatsAppOptions } from '@workflows/channels';
import { type EngineOptions, SecretBox, UndiciEgressClient, WorkflowsModule } from '@workflows/engine';
import { Database, DatabaseUnavailable, Doorbell } from '@workflows/ports';
import { BullDoorbell } from '@workflows/queue';
import { PostgresDatabase } from '@workflows/storage';
import type { Config, Environment } from './config/config.js';

const CLOSE_MS = 10_000;

/** The engine as this deployment is configured. */
export function engineOf(config: Config): DynamicModule {
  const { values } = config;
  const database = new PostgresDatabase({
    connectionString: values.DATABASE_URL,
    poolSize: values.DATABASE_POOL,
    applicationName: `workflows ${values.ROLE}`,
    onError: (error) => new Logger('Database').warn({ msg: 'A connection was lost', err: error }),
  });
  const doorbell = new BullDoorbell(
    values.REDIS_URL === undefined ? { kind: 'postgres', url: values.DATABASE_URL } : { kind: 'redis', url: values.REDIS_URL },
  );
  return WorkflowsModule.forRoot({
    engine: engineOptionsOf(values),
    database,
    doorbell,
    egress: new UndiciEgressClient({ allowPrivateHosts: values.EGRESS_ALLOW_PRIVATE }),
    secrets: new SecretBox(values.SECRETS_KEY),
    webhookSecrets: (channel) =>
      channel === 'webchat'
        ? { appSecrets: [webChatSecretOf(values)], verifyToken: '' }
        : { appSecrets: values.META_APP_SECRET, verifyToken: values.META_VERIFY_TOKEN },
    providers: [
      {
        provide: WHATSAPP_OPTIONS,
        useValue: { graphUrl: values.META_GRAPH_URL, version: values.META_GRAPH_VERSION } satisfies WhatsAppOptions,
      },
      {
        provide: INSTAGRAM_OPTIONS,
        useValue: { graphUrl: values.META_INSTAGRAM_URL, version: values.META_GRAPH_VERSION } satisfies InstagramOptions,
      },
    ],
  });
}

/** Visitors' tokens are ours alone, so their key comes from the deployment's own. */
function webChatSecretOf({ SECRETS_KEY }: Environment): string {
  return SECRETS_KEY.derive('webchat').toString('base64');
}

function engineOptionsOf(values: Environment): EngineOptions {
  return {
    role: values.ROLE,
    leaseMs: values.LEASE,
    claimBatch: values.CLAIM_BATCH,
    concurrency: values.WORKER_CONCURRENCY,
    sweepIntervalMs: values.SWEEP_INTERVAL,
    unknownSendWaitMs: values.UNKNOWN_SEND_WAIT,
    sendTimeoutMs: values.SEND_TIMEOUT,
    sendsPerSecond: values.SENDS_PER_SECOND,
    effectReferenceKey: values.SECRETS_KEY.derive('effect-reference'),
  };
}

/** Looks at what everything else stands on before the process serves, and closes it last. */
@Injectable()
export class Foundations implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Foundations.name);

  constructor(
    private readonly database: Database,
    private readonly doorbell: Doorbell,
  ) {}

  /** Refuses to boot as a database role that row-level security does not bind. A database that is away is waited for. */
  async onModuleInit(): Promise<void> {
    if (!(this.database instanceof PostgresDatabase)) return;
    try {
      await this.database.assertSafeRole();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      this.logger.warn({
        msg: 'The database does not answer yet; the process goes on and is not ready before it does',
        err: error,
      });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.doorbell.close(CLOSE_MS);
    await this.database.close();
  }
}
