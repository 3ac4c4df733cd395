import { Injectable } from '@nestjs/common';
import { type AuditEntry, type AuditFilter, Database, type Page, type PageRequest } from '@workflows/ports';

/** What people and keys have changed. Written together with the changes. */
@Injectable()
export class AuditStore {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  list(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    return this.database.callAsTenant(tenantId, 'list_audit', { p_filter: filter, p_limit: page.limit, p_cursor: page.cursor });
  }
}
