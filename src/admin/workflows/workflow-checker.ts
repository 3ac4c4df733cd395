import { Injectable } from '@nestjs/common';
import { type CompiledGraph, compile, type FrozenSchemas, type JsonObject, type Problem } from '@workflows/core';
import { NodeRegistry } from '@workflows/engine';
import { TenantResources } from './tenant-resources.js';

export interface Checked {
  /** True when there is no error; warnings do not count. */
  valid: boolean;
  /** Errors and warnings. */
  problems: Problem[];
  /** Null when it is not valid. */
  graph: CompiledGraph | null;
  /** What its expressions were typed by; kept with the version that it becomes. */
  schemas: FrozenSchemas;
}

/** Checks a document as a program, with the node types of this deployment and what the tenant has. */
@Injectable()
export class WorkflowChecker {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly resources: TenantResources,
  ) {}

  async check(tenantId: string, document: JsonObject): Promise<Checked> {
    const context = await this.resources.contextOf(tenantId);
    const compilation = compile(document, { nodeTypes: this.nodes.specs(), context });
    const { problems } = compilation;
    if (!compilation.ok) return { valid: false, problems, graph: null, schemas: {} };
    return { valid: true, problems, graph: compilation.graph, schemas: compilation.schemas };
  }
}
