import { Injectable, Logger } from '@nestjs/common';
import { type CompiledGraph, loadGraph, type MovableVersion, movableVersion } from '@workflows/core';
import type { WorkflowVersionRecord } from '@workflows/ports';
import { WorkflowStore } from '@workflows/storage';
import { LRUCache } from 'lru-cache';
import { NodeRegistry } from '../nodes/node.registry.js';

/** A workflow that new events may start, in the version that is published now. */
export interface PublishedWorkflow {
  workflowId: string;
  versionId: string;
  graph: CompiledGraph;
}

/**
 * Compiled graphs by version, and what each tenant has published. Versions never change, so they are kept as long as
 * there is room; the list of a tenant is checked against the revision that every claim brings, so that a newly
 * published version takes the next conversation.
 */
@Injectable()
export class PublishedWorkflows {
  private readonly logger = new Logger(PublishedWorkflows.name);
  private readonly graphs = new LRUCache<string, CompiledGraph>({ max: 2_000 });
  private readonly movables = new LRUCache<string, MovableVersion>({ max: 200 });
  private readonly lists = new LRUCache<string, { revision: number; workflows: PublishedWorkflow[] }>({ max: 5_000 });

  constructor(
    private readonly store: WorkflowStore,
    private readonly nodes: NodeRegistry,
  ) {}

  /** The graph of one version, which a run is pinned to. Throws when the version is gone or cannot run here. */
  async graph(tenantId: string, versionId: string): Promise<CompiledGraph> {
    const known = this.graphs.get(graphKey(tenantId, versionId));
    if (known !== undefined) return known;
    const version = await this.store.getVersionById(tenantId, versionId);
    if (version === null) throw new Error(`Version ${versionId} of tenant ${tenantId} does not exist.`);
    return this.load(tenantId, version);
  }

  /** A version with what it takes to move runs to it or away from it. Throws like `graph`. */
  async movable(tenantId: string, versionId: string): Promise<MovableVersion> {
    const key = graphKey(tenantId, versionId);
    const known = this.movables.get(key);
    if (known !== undefined) return known;
    const version = await this.store.getVersionById(tenantId, versionId);
    if (version === null) throw new Error(`Version ${versionId} of tenant ${tenantId} does not exist.`);
    const movable = movableVersion(
      { ...version.definition, version: version.version },
      { nodeTypes: this.nodes.specs(), schemas: version.schemas },
    );
    this.movables.set(key, movable);
    return movable;
  }

  /** One version by its number, whether it is published now or not. */
  async version(tenantId: string, workflowId: string, version: number): Promise<PublishedWorkflow | undefined> {
    const record = await this.store.getVersion(tenantId, workflowId, version);
    if (record === null) return undefined;
    return { workflowId, versionId: record.id, graph: this.load(tenantId, record) };
  }

  /** What a tenant has published at this moment, for doors that answer to a person. */
  async latest(tenantId: string): Promise<PublishedWorkflow[]> {
    const revisions = await this.store.revisions([tenantId]);
    return this.of(tenantId, revisions[tenantId] ?? 0);
  }

  /** What a tenant has published, at `revision` or later. */
  async of(tenantId: string, revision: number): Promise<PublishedWorkflow[]> {
    const known = this.lists.get(tenantId);
    if (known !== undefined && known.revision >= revision) return known.workflows;
    const published = await this.store.published(tenantId);
    const workflows = published.versions.flatMap((version) => this.loadIfPossible(tenantId, version));
    this.lists.set(tenantId, { revision: published.revision, workflows });
    return workflows;
  }

  /** One version that this process cannot run must not silence the tenant's other workflows. */
  private loadIfPossible(tenantId: string, version: WorkflowVersionRecord): PublishedWorkflow[] {
    try {
      return [{ workflowId: version.workflowId, versionId: version.id, graph: this.load(tenantId, version) }];
    } catch (error) {
      this.logger.error({
        msg: 'A published version cannot run here',
        tenantId,
        workflowId: version.workflowId,
        version: version.version,
        err: error,
      });
      return [];
    }
  }

  private load(tenantId: string, version: WorkflowVersionRecord): CompiledGraph {
    const key = graphKey(tenantId, version.id);
    const known = this.graphs.get(key);
    if (known !== undefined) return known;
    const { definition, schemas } = version;
    const graph = loadGraph({ ...definition, version: version.version }, { nodeTypes: this.nodes.specs(), schemas });
    this.graphs.set(key, graph);
    return graph;
  }
}

const graphKey = (tenantId: string, versionId: string): string => `${tenantId} ${versionId}`;
