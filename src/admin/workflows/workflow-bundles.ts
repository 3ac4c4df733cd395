import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@workflows/core';
import { WorkflowStore } from '@workflows/storage';
import { conflict } from '../../problems/refusal.js';
import { draftOf } from './draft.js';
import { renameIn, type Requirements, requirementsOf, RESOURCE_KINDS, type ResourceKind } from './names-in-document.js';
import { TenantResources } from './tenant-resources.js';
import { WorkflowChecker } from './workflow-checker.js';
import type { BundleView, ImportBody, ImportReportView } from './workflows.dto.js';

/** Moves workflows between tenants and deployments: names travel, secrets and contacts never do. */
@Injectable()
export class WorkflowBundles {
  constructor(
    private readonly workflows: WorkflowStore,
    private readonly resources: TenantResources,
    private readonly checker: WorkflowChecker,
  ) {}

  bundle(documents: JsonObject[]): BundleView {
    return { dsl: '1.0', workflows: documents, layouts: [], requires: merged(documents.map(requirementsOf)) };
  }

  /** Saves every document as a draft and reports what is missing. Refuses before the first write, or not at all. */
  async import(tenantId: string, body: ImportBody): Promise<ImportReportView> {
    const drafts = body.workflows.map((document, index) =>
      draftOf(
        renameIn(document, (kind, name) => renamed(body.names, kind, name)),
        undefined,
        `/workflows/${index}`,
      ),
    );
    const present = await Promise.all(drafts.map((draft) => this.workflows.get(tenantId, draft.id)));
    const taken = present.flatMap((workflow) => (workflow === null ? [] : [workflow.id]));
    if (taken.length > 0 && !body.replace) {
      throw conflict(
        `The tenant already has ${taken.join(', ')}. Send "replace": true to replace their drafts, or give the documents other ids.`,
      );
    }
    for (const draft of drafts) await this.workflows.saveDraft(tenantId, draft);
    const workflows = await Promise.all(
      drafts.map(async ({ id, name, draft }) => {
        const { valid, problems } = await this.checker.check(tenantId, draft);
        return { id, name, valid, problems };
      }),
    );
    return { workflows, ...(await this.lookUp(tenantId, merged(drafts.map(({ draft }) => requirementsOf(draft))))) };
  }

  private async lookUp(tenantId: string, needed: Requirements): Promise<{ missing: Requirements; unchecked: Requirements }> {
    const { connections = [], workflows = [], ...unchecked } = needed;
    const known = await Promise.all(workflows.map((id) => this.workflows.get(tenantId, id)));
    const present = (await this.resources.contextOf(tenantId)).connections ?? [];
    const missing = {
      connections: connections.filter((name) => !present.some((connection) => connection.name === name)),
      workflows: workflows.filter((_, index) => known[index] === null),
    };
    return { missing: Object.fromEntries(Object.entries(missing).filter(([, names]) => names.length > 0)), unchecked };
  }
}

function renamed(names: JsonObject, kind: ResourceKind, name: string): string {
  const ofKind = names[kind];
  if (typeof ofKind !== 'object' || ofKind === null || Array.isArray(ofKind)) return name;
  const other = Object.hasOwn(ofKind, name) ? ofKind[name] : undefined;
  return typeof other === 'string' ? other : name;
}

function merged(all: Requirements[]): Requirements {
  return Object.fromEntries(
    RESOURCE_KINDS.flatMap((kind) => {
      const names = new Set(all.flatMap((requirements) => requirements[kind] ?? []));
      return names.size === 0 ? [] : [[kind, [...names].sort()]];
    }),
  );
}
