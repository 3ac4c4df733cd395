import { Injectable } from '@nestjs/common';
import type { JsonObject, Problem } from '@workflows/core';
import { ChannelRegistry, NodeRegistry } from '@workflows/engine';
import { publishGate, runTests, type RunTestsOptions, type TestReport } from '@workflows/simulator';
import { TenantStore } from '@workflows/storage';
import { TenantResources } from './tenant-resources.js';

/** Runs the tests of documents with the node types and channels of this deployment, in memory and without a network. */
@Injectable()
export class WorkflowTests {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly channels: ChannelRegistry,
    private readonly resources: TenantResources,
    private readonly tenants: TenantStore,
  ) {}

  async run(tenantId: string, document: JsonObject): Promise<TestReport> {
    return runTests(document, await this.options(tenantId));
  }

  /** What keeps a document from being published, where the tenant's setting `publish.tests` is `required`. */
  async gate(tenantId: string, document: JsonObject): Promise<Problem[]> {
    const tenant = await this.tenants.get(tenantId);
    return publishGate(document, tenant?.settings ?? {}, await this.options(tenantId));
  }

  private async options(tenantId: string): Promise<RunTestsOptions> {
    const { nodes, channels } = this;
    return {
      nodes: nodes.specs().map((spec) => ({ spec, strategy: nodes.strategy(spec.type) })),
      channels: Object.fromEntries(channels.names().map((name) => [name, channels.get(name).capabilities])),
      context: await this.resources.contextOf(tenantId),
    };
  }
}
