import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { TenantScope } from '@workflows/engine';
import { AccessGuard } from './access/access.guard.js';
import { Authenticator } from './access/authenticator.js';
import { RouteRules } from './access/route-rules.js';
import { ApiKeyIssuer } from './admin/api-keys/api-key-issuer.js';
import { ApiKeysController, TenantApiKeysController } from './admin/api-keys/api-keys.controller.js';
import { ConnectionsController } from './admin/connections/connections.controller.js';
import { ContactAttributesController } from './admin/contact-attributes/contact-attributes.controller.js';
import { ConversationRulesController } from './admin/conversation-rules/conversation-rules.controller.js';
import { ConversationsController } from './admin/conversations/conversations.controller.js';
import { CredentialsController } from './admin/credentials/credentials.controller.js';
import { EventsController } from './admin/events/events.controller.js';
import { ExecutionHistoryController } from './admin/executions/execution-history.controller.js';
import { AuditController } from './admin/audit/audit.controller.js';
import { ExecutionForksController } from './admin/executions/execution-forks.controller.js';
import { RedriveController } from './admin/executions/redrive.controller.js';
import { ExecutionOrdersController } from './admin/executions/execution-orders.controller.js';
import { ExecutionsController } from './admin/executions/executions.controller.js';
import { RecordedExecutions } from './admin/executions/recorded-executions.js';
import { ShownExecutions } from './admin/executions/shown-executions.js';
import { MigrationDesk } from './admin/migrations/migration-desk.js';
import { ModelSpendingController } from './admin/models/model-spending.controller.js';
import { ModelsController } from './admin/models/models.controller.js';
import { MigrationsController } from './admin/migrations/migrations.controller.js';
import { NodeTypesController } from './admin/node-types/node-types.controller.js';
import { QueuesController } from './admin/queues/queues.controller.js';
import { SchedulesController } from './admin/schedules/schedules.controller.js';
import { ShownSchedules } from './admin/schedules/shown-schedules.js';
import { SlotsController } from './admin/schedules/slots.controller.js';
import { SecretsController } from './admin/secrets/secrets.controller.js';
import { RowsController } from './admin/tables/rows.controller.js';
import { TablesController } from './admin/tables/tables.controller.js';
import { TasksController } from './admin/tasks/tasks.controller.js';
import { TenantsController } from './admin/tenants/tenants.controller.js';
import { TenantResources } from './admin/workflows/tenant-resources.js';
import { WorkflowBundlesController } from './admin/workflows/workflow-bundles.controller.js';
import { WorkflowBundles } from './admin/workflows/workflow-bundles.js';
import { WorkflowChecker } from './admin/workflows/workflow-checker.js';
import { WorkflowDocuments } from './admin/workflows/workflow-documents.js';
import { WorkflowPublisher } from './admin/workflows/workflow-publisher.js';
import { WorkflowTests } from './admin/workflows/workflow-tests.js';
import { WorkflowVersionsController } from './admin/workflows/workflow-versions.controller.js';
import { WorkflowsController } from './admin/workflows/workflows.controller.js';
import { RecordChangesInterceptor } from './audit/record-changes.interceptor.js';
import { Config } from './config/config.js';
import { engineOf, Foundations } from './engine.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { ADVANCE_CLOCK, TestClockController } from './test-clock/test-clock.controller.js';
import { advanceClockOf } from './test-clock/advance-clock.js';
import { HookDoor } from './webhooks/hook-door.js';
import { HookSecrets } from './webhooks/hook-secrets.js';
import { HooksController } from './webhooks/hooks.controller.js';
import { WebChatController } from './webchat/webchat.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

const API_CONTROLLERS = [
  TenantsController,
  TenantApiKeysController,
  ApiKeysController,
  ConnectionsController,
  SecretsController,
  CredentialsController,
  ModelsController,
  ModelSpendingController,
  QueuesController,
  TablesController,
  RowsController,
  WorkflowsController,
  WorkflowBundlesController,
  WorkflowVersionsController,
  MigrationsController,
  NodeTypesController,
  AuditController,
  RedriveController,
  ExecutionOrdersController,
  ExecutionForksController,
  ExecutionsController,
  ExecutionHistoryController,
  EventsController,
  SchedulesController,
  SlotsController,
  ConversationsController,
  ContactAttributesController,
  ConversationRulesController,
  TasksController,
  WebhooksController,
  HooksController,
  WebChatController,
];

/** The engine with its doors. A process with ROLE=worker has none but its health. */
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    const { ROLE, TEST_CLOCK } = config.values;
    const doors = ROLE === 'worker' ? [] : [...API_CONTROLLERS, ...(TEST_CLOCK ? [TestClockController] : [])];
    return {
      module: AppModule,
      imports: [DiscoveryModule, engineOf(config)],
      controllers: [HealthController, MetricsController, ...doors],
      providers: [
        { provide: Config, useValue: config },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: RecordChangesInterceptor },
        ...(TEST_CLOCK ? [{ provide: ADVANCE_CLOCK, useValue: advanceClockOf(config) }] : []),
        ApiKeyIssuer,
        Authenticator,
        Foundations,
        HookDoor,
        HookSecrets,
        MigrationDesk,
        Readiness,
        RecordedExecutions,
        ShownExecutions,
        ShownSchedules,
        RouteRules,
        TenantResources,
        TenantScope,
        WorkflowBundles,
        WorkflowChecker,
        WorkflowDocuments,
        WorkflowPublisher,
        WorkflowTests,
      ],
    };
  }
}
