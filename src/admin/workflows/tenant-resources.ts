import { Injectable } from '@nestjs/common';
import { callsOf, type ChannelCapabilities, type TenantContext } from '@workflows/core';
import { ChannelRegistry } from '@workflows/engine';
import {
  ConnectionStore,
  CredentialStore,
  ModelStore,
  QueueStore,
  SecretStore,
  TableStore,
  TenantStore,
  WorkflowStore,
} from '@workflows/storage';

/** What a tenant has, as far as workflows refer to it by name. */
@Injectable()
export class TenantResources {
  constructor(
    private readonly connections: ConnectionStore,
    private readonly credentials: CredentialStore,
    private readonly models: ModelStore,
    private readonly secrets: SecretStore,
    private readonly queues: QueueStore,
    private readonly tables: TableStore,
    private readonly tenants: TenantStore,
    private readonly workflows: WorkflowStore,
    private readonly channels: ChannelRegistry,
  ) {}

  /** For the compiler. Templates are not fetched from the provider, so they stay unknown and unchecked. */
  async contextOf(tenantId: string): Promise<TenantContext> {
    const [connections, credentials, models, secrets, queues, tables, attributes, { versions }] = await Promise.all([
      this.connections.list(tenantId),
      this.credentials.list(tenantId),
      this.models.list(tenantId),
      this.secrets.list(tenantId),
      this.queues.list(tenantId),
      this.tables.list(tenantId),
      this.tenants.attributes(tenantId),
      this.workflows.published(tenantId),
    ]);
    return {
      connections: connections.map(({ name, channel }) => ({ name, channel })),
      channels: this.capabilities(),
      credentials: credentials.map(({ name }) => name),
      models: models.map(({ name }) => name),
      secrets: secrets.map(({ name }) => name),
      queues: queues.map(({ name }) => name),
      calls: Object.fromEntries(versions.map(({ workflowId, definition }) => [workflowId, callsOf(definition)])),
      tables: Object.fromEntries(tables.map(({ name, columns }) => [name, columns])),
      ...(attributes === null ? {} : { attributes }),
    };
  }

  private capabilities(): Record<string, ChannelCapabilities> {
    return Object.fromEntries(this.channels.names().map((name) => [name, this.channels.get(name).capabilities]));
  }
}
