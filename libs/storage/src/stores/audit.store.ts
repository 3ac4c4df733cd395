import { Injectable } from '@nestjs/common';
import { type AuditEntry, type AuditFilter, Database, type Page, type PageRequest, type RecordedChange } from '@workflows/ports';

/** What people and keys have changed. Most functions that carry out orders write their record themselves. */
@Injectable()
export class AuditStore {
  constructor(private readonly database: Database) {}

  async record(tenantId: string, change: RecordedChange): Promise<void> {
    await this.database.callAsTenant(tenantId, 'record_audit', { p: change });
  }

  /** Newest first. */
  list(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    return this.database.callAsTenant(tenantId, 'list_audit', { p_filter: filter, p_limit: page.limit, p_cursor: page.cursor });
  }
}
