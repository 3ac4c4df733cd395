import { Injectable } from '@nestjs/common';
import type { OutboundMessage } from '@workflows/core';
import { type ConversationMessage, type ConversationRecord, Database, type Page, type PageRequest } from '@workflows/ports';

export interface PersonalReply {
  message: OutboundMessage;
  /** The person, as the inbox names them. */
  by: string;
  key: string;
}

export interface GivingBack {
  /** `closed` ends a hand-off by its port `closed`. */
  how: 'handed_back' | 'closed';
  /** What people leave for the run. */
  note: string;
  by: string;
  /** The API key that speaks for them. */
  via: string;
  /** Names this act. */
  key: string;
}

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

  /**
   * A person writes to the contact, which takes the conversation over. One message for each key. Throws DatabaseRefusal
   * `not_found`.
   */
  reply(tenantId: string, id: string, reply: PersonalReply): Promise<{ repeated: boolean }> {
    const { message, by, key } = reply;
    return this.database.callAsTenant(tenantId, 'reply_in_conversation', { p_id: id, p_message: message, p_by: by, p_key: key });
  }

  /** People are done with it. Throws DatabaseRefusal `not_found`, or `conflict` when it is not theirs. */
  async giveBack(tenantId: string, id: string, given: GivingBack): Promise<void> {
    const { how, note, by, via, key } = given;
    await this.database.callAsTenant(tenantId, 'give_back_conversation', {
      p_id: id,
      p_how: how,
      p_note: note,
      p_by: by,
      p_via: via,
      p_key: key,
    });
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
