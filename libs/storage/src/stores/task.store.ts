import { Injectable } from '@nestjs/common';
import { Database, type Page, type PageRequest, type TaskFilter, type TaskRecord } from '@workflows/ports';

/** What a person has decided about a task. */
export interface TaskDecision {
  decision: 'approved' | 'rejected';
  comment?: string;
  /** The person, as the inbox names them. */
  by: string;
  /** The API key that speaks for them. */
  via: string;
}

/** Tasks of a tenant. They are opened and closed by the commits of their runs. */
@Injectable()
export class TaskStore {
  constructor(private readonly database: Database) {}

  /** Those that have waited longest first. */
  list(tenantId: string, filter: TaskFilter, page: PageRequest): Promise<Page<TaskRecord>> {
    return this.database.callAsTenant(tenantId, 'list_tasks', {
      p_filter: filter,
      p_limit: page.limit,
      p_cursor: page.cursor,
    });
  }

  get(tenantId: string, id: string): Promise<TaskRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_task', { p_id: id });
  }

  /**
   * Records the decision and writes it to the run, in one transaction. Throws DatabaseRefusal `not_found`, or `conflict`
   * when it was decided otherwise or its time is over.
   */
  decide(tenantId: string, id: string, { decision, comment, by, via }: TaskDecision): Promise<TaskRecord> {
    return this.database.callAsTenant(tenantId, 'decide_task', {
      p_id: id,
      p_decision: decision,
      p_comment: comment ?? null,
      p_by: by,
      p_via: via,
    });
  }
}
