import { Injectable } from '@nestjs/common';
import type { ExecutionStatus, Json } from '@workflows/core';
import {
  Database,
  type EffectRecord,
  type ExecutionFilter,
  type ExecutionRecord,
  type ExecutionSummary,
  type HistorySegment,
  type Page,
  type PageRequest,
} from '@workflows/ports';

export interface ExecutionEnd {
  status: Extract<ExecutionStatus, 'completed' | 'failed' | 'cancelled'>;
  /** Of a run that failed by an error, and not by an end node that says so. */
  error: ExecutionRecord['error'];
  /** Output of the end node. */
  output: Json | null;
}

/** Runs, as a tenant reads them. They are written by the Committer alone. */
@Injectable()
export class ExecutionStore {
  constructor(private readonly database: Database) {}

  /** Newest first. A run that is still queued is not in the list. */
  list(tenantId: string, filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionSummary>> {
    return this.database.callAsTenant(tenantId, 'list_executions', {
      p_filter: filter,
      p_limit: page.limit,
      p_cursor: page.cursor,
    });
  }

  /** Also while it is `queued`: accepted, and not yet picked up. */
  get(tenantId: string, id: string): Promise<ExecutionRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_execution', { p_id: id });
  }

  /** How a run ended, or null while it goes on. Cheap enough to be asked again and again. */
  end(tenantId: string, id: string): Promise<ExecutionEnd | null> {
    return this.database.callAsTenant(tenantId, 'execution_end', { p_id: id });
  }

  history(tenantId: string, id: string): Promise<HistorySegment[]> {
    return this.database.callAsTenant(tenantId, 'execution_history', { p_id: id });
  }

  effects(tenantId: string, id: string): Promise<EffectRecord[]> {
    return this.database.callAsTenant(tenantId, 'execution_effects', { p_id: id });
  }
}
