import { Injectable } from '@nestjs/common';
import type { FrozenSchemas, JsonObject } from '@workflows/core';
import {
  Database,
  type Page,
  type PageRequest,
  type WorkflowRecord,
  type WorkflowVersionRecord,
  type WorkflowVersionSummary,
} from '@workflows/ports';
import { GroupCommit } from '../group-commit.js';

export interface Publication {
  id: string;
  name: string;
  definition: JsonObject;
  /** What its expressions were typed by. */
  schemas: FrozenSchemas;
  hash: string;
  publishedBy: string;
  /** Ids of the triggers of type webhook: each gets an address, which later versions keep. */
  webhookTriggers: string[];
  /** Revision that the publisher has seen; without it whatever is there is published over. */
  expected?: number;
}

/** Lets new events start an earlier version again. */
export type Rollback = Pick<Publication, 'id' | 'webhookTriggers' | 'expected'> & {
  version: number;
  /** Who wanted it, for the audit log. */
  rolledBackBy: string;
};

/** What an unguessable webhook address leads to. */
export interface WebhookTarget {
  tenantId: string;
  workflowId: string;
  versionId: string;
  trigger: string;
  /** How often the tenant has published: what the door answers with must not be older. */
  revision: number;
}

export interface PublishedWorkflows {
  /** Grows with every publish of the tenant; compare with ClaimResult.revisions or `revisions()`. */
  revision: number;
  versions: WorkflowVersionRecord[];
}

@Injectable()
export class WorkflowStore {
  private readonly webhooks: GroupCommit<string, WebhookTarget | null>;

  constructor(private readonly database: Database) {
    this.webhooks = new GroupCommit({
      inFlight: 2,
      maxItems: 500,
      call: (addresses) => database.call<Array<WebhookTarget | null>>('find_webhooks', { p: addresses }),
    });
  }

  /**
   * `expected`: the revision that the writer has seen, 0 for "there is none". Rejects with DatabaseRefusal
   * `precondition` when it is another one by now; without it the draft replaces whatever is there.
   */
  saveDraft(
    tenantId: string,
    workflow: { id: string; name: string; draft: JsonObject },
    expected?: number,
  ): Promise<WorkflowRecord> {
    const { id, name, draft } = workflow;
    return this.database.callAsTenant(tenantId, 'save_draft', { p_id: id, p_name: name, p_draft: draft, p_expected: expected });
  }

  get(tenantId: string, id: string): Promise<WorkflowRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_workflow', { p_id: id });
  }

  list(tenantId: string, page: PageRequest): Promise<Page<WorkflowRecord>> {
    return this.database.callAsTenant(tenantId, 'list_workflows', { p_limit: page.limit, p_cursor: page.cursor });
  }

  /** A new version, started by all new events from now on. What is published already comes back as it is. */
  publish(tenantId: string, publication: Publication): Promise<WorkflowVersionRecord> {
    return this.database.callAsTenant(tenantId, 'publish_workflow', { p: publication });
  }

  /** An earlier version, started by all new events from now on; runs that have begun stay on theirs, and so does the draft. */
  rollBack(tenantId: string, rollback: Rollback): Promise<WorkflowVersionRecord> {
    return this.database.callAsTenant(tenantId, 'roll_back_workflow', { p: rollback });
  }

  /** Newest first, without definitions. */
  versions(tenantId: string, workflowId: string): Promise<WorkflowVersionSummary[]> {
    return this.database.callAsTenant(tenantId, 'list_versions', { p_workflow_id: workflowId });
  }

  getVersion(tenantId: string, workflowId: string, version: number): Promise<WorkflowVersionRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_version', { p_workflow_id: workflowId, p_version: version });
  }

  getVersionById(tenantId: string, versionId: string): Promise<WorkflowVersionRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_version_by_id', { p_id: versionId });
  }

  /** All that can start in the tenant now, with its revision from the same snapshot. */
  published(tenantId: string): Promise<PublishedWorkflows> {
    return this.database.callAsTenant(tenantId, 'published_workflows');
  }

  /** The revisions of many tenants in one cheap call; 0 for one that has never published. */
  revisions(tenantIds: string[]): Promise<Record<string, number>> {
    return this.database.call('workflow_revisions', { p: tenantIds });
  }

  webhookEndpoints(tenantId: string, workflowId: string): Promise<Array<{ trigger: string; id: string }>> {
    return this.database.callAsTenant(tenantId, 'webhook_endpoints_of', { p_workflow_id: workflowId });
  }

  /** Null: no such address, or nothing is published behind it. Looks that come together share one call. */
  findWebhook(endpointId: string): Promise<WebhookTarget | null> {
    return this.webhooks.add(endpointId);
  }
}
