import type { ContentMessage } from '@workflows/core';

/** A message on its way to a visitor of a web chat. */
export interface WebChatDelivery {
  connectionId: string;
  visitor: string;
  /** Names the message: delivered twice under one reference, it is there once. */
  reference: string;
  message: ContentMessage;
}

/** A message as the visitor's page gets it. */
export interface WebChatMessage {
  /** Counts up within the conversation. */
  seq: number;
  id: string;
  /** ISO 8601 in UTC. */
  at: string;
  message: ContentMessage;
}

/**
 * Where a web chat keeps what it has to say until the visitor's page fetches it. Nobody else stands between us and the
 * visitor, so a delivery is certain: it resolves when the message is there for good, and rejects when it may not be.
 */
export abstract class WebChatBox {
  /** The message's id, which is the same for each repeat. */
  abstract deliver(tenantId: string, delivery: WebChatDelivery): Promise<string>;
}
