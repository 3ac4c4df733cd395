import { Injectable } from '@nestjs/common';
import { Database, type QueueRecord } from '@workflows/ports';

/** Queues of a tenant, by name. */
@Injectable()
export class QueueStore {
  constructor(private readonly database: Database) {}

  /** By name. */
  list(tenantId: string): Promise<QueueRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_queues');
  }

  /** Makes the queue, or gives it another title. */
  put(tenantId: string, name: string, title: string): Promise<QueueRecord> {
    return this.database.callAsTenant(tenantId, 'put_queue', { p_name: name, p_title: title });
  }

  /** False when there is no such queue. Throws DatabaseRefusal `conflict` while it has open tasks. */
  delete(tenantId: string, name: string): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'delete_queue', { p_name: name });
  }
}
