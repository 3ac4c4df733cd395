import { type DynamicModule, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { CHANNELS } from '@workflows/channels';
import { NODES } from '@workflows/nodes';
import { Database, Doorbell, EgressClient, StorePerformer, WebChatBox } from '@workflows/ports';
import { STORES, WebChatStore } from '@workflows/storage';
import { ChannelRegistry } from './channels/channel.registry.js';
import { ConnectionAccounts } from './connections/connection-accounts.js';
import { ConnectionRoutes } from './connections/connection-routes.js';
import { Credentials } from './credentials/credentials.js';
import { ENGINE_OPTIONS, type EngineOptions } from './engine-options.js';
import { EventDispatcher } from './events/event-dispatcher.js';
import { EventStarts } from './events/event-starts.js';
import { AdvanceProcessor } from './executions/advance.processor.js';
import { AfterCommit } from './executions/after-commit.js';
import { HttpEffectPerformer } from './executions/http-effect.performer.js';
import { CancelWatch } from './executions/cancel-watch.js';
import { LeaseKeeper } from './executions/lease-keeper.js';
import { MailboxRunner } from './executions/mailbox.runner.js';
import { MailboxWorker } from './executions/mailbox.worker.js';
import { PartitionKeeper } from './housekeeping/partition-keeper.js';
import { Forgetter } from './housekeeping/forgetter.js';
import { Metrics } from './metrics/metrics.js';
import { ExecutionFacts } from './facts/execution-facts.js';
import { ExecutionOrders } from './orders/execution-orders.js';
import { ExecutionForks } from './orders/execution-forks.js';
import { Redrive } from './orders/redrive.js';
import { Acknowledger } from './inbound/acknowledger.js';
import { InboundService } from './inbound/inbound.service.js';
import { WEBHOOK_SECRETS, type WebhookSecretsByChannel } from './inbound/webhook-secrets.js';
import { EngineLifecycle } from './lifecycle.js';
import { ModelPerformer } from './models/model.performer.js';
import { NodeRegistry } from './nodes/node.registry.js';
import { EffectReference } from './outbound/effect-reference.js';
import { MessageSender } from './outbound/message.sender.js';
import { OutboundProcessor } from './outbound/outbound.processor.js';
import { Pacer } from './outbound/pacer.js';
import { Conversations } from './people/conversations.js';
import { Tasks } from './people/tasks.js';
import { Audiences } from './schedules/audiences.js';
import { ScheduleClock } from './schedules/schedule-clock.js';
import { SchedulePlanner } from './schedules/schedule-planner.js';
import { SlotStarter } from './schedules/slot-starter.js';
import { SecretBox } from './secrets/index.js';
import { Breakers } from './breaker/breakers.js';
import { CallTargets } from './stored/call-targets.js';
import { DatabaseStorePerformer } from './stored/database-store.performer.js';
import { RowAccess } from './stored/row-access.js';
import { Sweeper } from './sweeper/sweeper.js';
import { Tenants } from './tenancy/tenants.js';
import { BoundStarts } from './triggers/bound-starts.js';
import { ContactBinding } from './triggers/contact-binding.js';
import { ExecutionEnds } from './triggers/execution-ends.js';
import { PublishedWorkflows } from './triggers/published-workflows.js';
import { Workflows } from './workflows.js';

/** What the engine needs from the application that imports it. */
export interface WorkflowsModuleOptions {
  engine: EngineOptions;
  database: Database;
  doorbell: Doorbell;
  egress: EgressClient;
  secrets: SecretBox;
  webhookSecrets: WebhookSecretsByChannel;
  /** Settings of channels, and node types or channels of the importing application. */
  imports?: ModuleMetadata['imports'];
  providers?: Provider[];
}

/**
 * The engine as a module: import it with `WorkflowsModule.forRoot({...})`, inject `Workflows` to start and cancel runs.
 * Nodes and channels of the importing application are found among `providers`.
 */
@Module({})
export class WorkflowsModule {
  static forRoot(options: WorkflowsModuleOptions): DynamicModule {
    const exported: Provider[] = [
      { provide: ENGINE_OPTIONS, useValue: options.engine },
      { provide: Database, useValue: options.database },
      { provide: Doorbell, useValue: options.doorbell },
      { provide: EgressClient, useValue: options.egress },
      { provide: SecretBox, useValue: options.secrets },
      { provide: WEBHOOK_SECRETS, useValue: options.webhookSecrets },
      { provide: StorePerformer, useClass: DatabaseStorePerformer },
      ...STORES,
      { provide: WebChatBox, useExisting: WebChatStore },
      Audiences,
      ChannelRegistry,
      ConnectionRoutes,
      Conversations,
      ExecutionEnds,
      InboundService,
      Metrics,
      NodeRegistry,
      PublishedWorkflows,
      ExecutionForks,
      Redrive,
      Tasks,
      Workflows,
    ];
    return {
      module: WorkflowsModule,
      global: true,
      imports: [DiscoveryModule, EventEmitterModule.forRoot(), ScheduleModule.forRoot(), ...(options.imports ?? [])],
      providers: [
        ...exported,
        ...(options.providers ?? []),
        ...CHANNELS,
        ...NODES,
        Acknowledger,
        AdvanceProcessor,
        AfterCommit,
        BoundStarts,
        Breakers,
        CancelWatch,
        ConnectionAccounts,
        CallTargets,
        ContactBinding,
        Credentials,
        EffectReference,
        EngineLifecycle,
        EventDispatcher,
        EventStarts,
        ExecutionFacts,
        ExecutionOrders,
        HttpEffectPerformer,
        LeaseKeeper,
        MailboxRunner,
        MailboxWorker,
        MessageSender,
        ModelPerformer,
        OutboundProcessor,
        PartitionKeeper,
        Pacer,
        RowAccess,
        ScheduleClock,
        SchedulePlanner,
        SlotStarter,
        Sweeper,
        Tenants,
        Forgetter,
      ],
      exports: exported,
    };
  }
}
