import { Injectable } from '@nestjs/common';
import { Database, WebChatBox, type WebChatDelivery, type WebChatMessage } from '@workflows/ports';

/** Whose messages are looked at. */
export interface WebChatVisitor {
  connectionId: string;
  visitor: string;
}

/** Messages for visitors of web chats. */
@Injectable()
export class WebChatStore extends WebChatBox {
  constructor(private readonly database: Database) {
    super();
  }

  override deliver(tenantId: string, delivery: WebChatDelivery): Promise<string> {
    return this.database.callAsTenant(tenantId, 'deliver_webchat', { p: delivery });
  }

  /** What has come after the message with the number `after`, the oldest first. */
  fetch(tenantId: string, visitor: WebChatVisitor, after: number): Promise<WebChatMessage[]> {
    return this.database.callAsTenant(tenantId, 'fetch_webchat', { ...argumentsOf(visitor), p_after: after });
  }

  /** Ids of messages up to the number `upTo`, of which it was not reported yet that the page has them. */
  unreported(tenantId: string, visitor: WebChatVisitor, upTo: number): Promise<string[]> {
    return this.database.callAsTenant(tenantId, 'unreported_webchat', { ...argumentsOf(visitor), p_upto: upTo });
  }

  /** They are reported now. */
  async reported(tenantId: string, visitor: WebChatVisitor, upTo: number): Promise<void> {
    await this.database.callAsTenant(tenantId, 'reported_webchat', { ...argumentsOf(visitor), p_upto: upTo });
  }
}

function argumentsOf({ connectionId, visitor }: WebChatVisitor) {
  return { p_connection_id: connectionId, p_visitor: visitor };
}
