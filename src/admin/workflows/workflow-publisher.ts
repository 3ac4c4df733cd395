import { Injectable } from '@nestjs/common';
import type { CompiledGraph, FrozenSchemas, JsonObject } from '@workflows/core';
import type { WorkflowVersionRecord, WorkflowVersionSummary } from '@workflows/ports';
import { WorkflowStore } from '@workflows/storage';
import { conflict, unprocessable } from '../../problems/refusal.js';
import { WorkflowChecker } from './workflow-checker.js';
import { WorkflowDocuments } from './workflow-documents.js';
import { WorkflowTests } from './workflow-tests.js';

interface Wish {
  tenantId: string;
  workflowId: string;
  /** Revision of the workflow that the caller has seen; see `seenRevision`. */
  expected: number | undefined;
}

/** Decides what new events start. Everything is compiled anew, against what the tenant has today. */
@Injectable()
export class WorkflowPublisher {
  constructor(
    private readonly workflows: WorkflowStore,
    private readonly documents: WorkflowDocuments,
    private readonly checker: WorkflowChecker,
    private readonly tests: WorkflowTests,
  ) {}

  /** Refuses with every problem of the draft, 409 without one. */
  async publish({ tenantId, workflowId, expected }: Wish, publishedBy: string): Promise<WorkflowVersionRecord> {
    const { draft, name } = await this.documents.workflow(tenantId, workflowId);
    if (draft === null) throw conflict('There is no draft: nothing was saved since the last publish. Save a draft first.');
    const { graph, schemas } = await this.fit(tenantId, draft, 'The draft');
    return this.workflows.publish(tenantId, {
      id: workflowId,
      name,
      definition: draft,
      schemas,
      hash: graph.hash,
      publishedBy,
      webhookTriggers: webhookTriggersOf(graph),
      ...(expected === undefined ? {} : { expected }),
    });
  }

  /** Publishes an earlier version again, and says which runs stay on other versions. The draft is not touched. */
  async rollBack(
    { tenantId, workflowId, expected }: Wish,
    number: number,
    by: string,
  ): Promise<{ version: WorkflowVersionRecord; elsewhere: WorkflowVersionSummary[] }> {
    const { definition } = await this.documents.version(tenantId, workflowId, number);
    const { graph } = await this.fit(tenantId, definition, `Version ${number}`);
    const version = await this.workflows.rollBack(tenantId, {
      id: workflowId,
      version: number,
      rolledBackBy: by,
      webhookTriggers: webhookTriggersOf(graph),
      ...(expected === undefined ? {} : { expected }),
    });
    const versions = await this.workflows.versions(tenantId, workflowId);
    return { version, elsewhere: versions.filter((other) => other.version !== number && other.liveRuns > 0) };
  }

  private async fit(
    tenantId: string,
    document: JsonObject,
    what: string,
  ): Promise<{ graph: CompiledGraph; schemas: FrozenSchemas }> {
    const { graph, problems, schemas } = await this.checker.check(tenantId, document);
    if (graph === null) {
      const errors = problems.filter((problem) => problem.severity === 'error').length;
      throw unprocessable(
        `${what} has ${errors === 1 ? 'one error' : `${errors} errors`} and cannot be published; see errors.`,
        problems,
      );
    }
    const failures = await this.tests.gate(tenantId, document);
    if (failures.length === 0) return { graph, schemas };
    throw unprocessable(`The tenant publishes only what passes its tests. ${what} does not; see errors.`, failures);
  }
}

function webhookTriggersOf({ triggers }: CompiledGraph): string[] {
  return Object.values(triggers).flatMap(({ id, type }) => (type === 'webhook' ? [id] : []));
}
