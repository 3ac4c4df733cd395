import { Injectable } from '@nestjs/common';
import { type ConversationMessage, type ConversationRecord, Database, type Page, type PageRequest } from '@workflows/ports';

@Injectable()
export class ConversationStore {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  list(tenantId: string, page: PageRequest): Promise<Page<ConversationRecord>> {
    return this.database.callAsTenant(tenantId, 'list_conversations', { p_limit: page.limit, p_cursor: page.cursor });
  }

  get(tenantId: string, id: string): Promise<ConversationRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_conversation', { p_id: id });
  }

  /** Both directions in the order in which they were stored, oldest first. */
  messages(tenantId: string, id: string, page: PageRequest): Promise<Page<ConversationMessage>> {
    return this.database.callAsTenant(tenantId, 'conversation_messages', {
      p_id: id,
      p_limit: page.limit,
      p_cursor: page.cursor,
    });
  }
}
