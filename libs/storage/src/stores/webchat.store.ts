import { Injectable } from '@nestjs/common';
import { Database, WebChatBox, type WebChatDelivery, type WebChatMessage } from '@workflows/ports';

/** Whose messages are looked at. */
export interface WebChatVisitor {
  connectionId: string;
  visitor: string;
}

/** What a page fetches. */
export interface WebChatPage {
  /** What has come after the last one that the page has, the oldest first. */
  messages: WebChatMessage[];
  /** Ids of messages that the page has by now, and had not when it last asked. */
  delivered: string[];
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

  /** `after`: number of the last message that the page has; 0 for all that is kept. */
  fetch(tenantId: string, { connectionId, visitor }: WebChatVisitor, after: number): Promise<WebChatPage> {
    return this.database.callAsTenant(tenantId, 'fetch_webchat', {
      p_connection_id: connectionId,
      p_visitor: visitor,
      p_after: after,
    });
  }
}
