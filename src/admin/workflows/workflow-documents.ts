import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@workflows/core';
import type { WorkflowRecord, WorkflowVersionRecord } from '@workflows/ports';
import { WorkflowStore } from '@workflows/storage';
import { notFound } from '../../problems/refusal.js';

/** How people name one document of a workflow: its draft, what is published now, or a version by its number. */
export type DocumentName = 'draft' | 'published' | number;

/** Documents of a workflow by their names. Refuses with 404 what is not there. */
@Injectable()
export class WorkflowDocuments {
  constructor(private readonly workflows: WorkflowStore) {}

  async workflow(tenantId: string, id: string): Promise<WorkflowRecord> {
    const workflow = await this.workflows.get(tenantId, id);
    if (workflow === null) throw notFound('workflow');
    return workflow;
  }

  async version(tenantId: string, id: string, number: number): Promise<WorkflowVersionRecord> {
    const version = await this.workflows.getVersion(tenantId, id, number);
    if (version === null) throw notFound('version');
    return version;
  }

  /** `version` is null for the draft. */
  async document(tenantId: string, id: string, name: DocumentName): Promise<{ version: number | null; document: JsonObject }> {
    const { draft, publishedVersion } = await this.workflow(tenantId, id);
    if (name === 'draft') {
      if (draft === null) throw notFound('draft');
      return { version: null, document: draft };
    }
    const number = name === 'published' ? publishedVersion : name;
    if (number === null) throw notFound('published version');
    return { version: number, document: (await this.version(tenantId, id, number)).definition };
  }

  /** What its author saw last: the draft, or else the published version. */
  async newest(tenantId: string, id: string): Promise<JsonObject> {
    const { draft } = await this.workflow(tenantId, id);
    return draft ?? (await this.document(tenantId, id, 'published')).document;
  }
}
