import { Committer } from '../committer.js';
import { ApiKeyStore } from './api-key.store.js';
import { AuditStore } from './audit.store.js';
import { ConnectionStore } from './connection.store.js';
import { ContactStore } from './contact.store.js';
import { ConversationStore } from './conversation.store.js';
import { EventStore } from './event.store.js';
import { CredentialStore } from './credential.store.js';
import { ExecutionStore } from './execution.store.js';
import { InboundStore } from './inbound.store.js';
import { MailboxStore } from './mailbox.store.js';
import { MigrationStore } from './migration.store.js';
import { ModelStore } from './model.store.js';
import { OrderStore } from './order.store.js';
import { OutboxStore } from './outbox.store.js';
import { QueueStore } from './queue.store.js';
import { ReceiptStore } from './receipt.store.js';
import { ScheduleStore } from './schedule.store.js';
import { SecretStore } from './secret.store.js';
import { SweepStore } from './sweep.store.js';
import { TableStore } from './table.store.js';
import { TaskStore } from './task.store.js';
import { TenantStore } from './tenant.store.js';
import { WebChatStore } from './webchat.store.js';
import { WorkflowStore } from './workflow.store.js';

/** All stores, as providers for a module that also provides Database. */
export const STORES = [
  ApiKeyStore,
  AuditStore,
  Committer,
  ConnectionStore,
  ContactStore,
  ConversationStore,
  EventStore,
  CredentialStore,
  ExecutionStore,
  InboundStore,
  MailboxStore,
  MigrationStore,
  ModelStore,
  OrderStore,
  OutboxStore,
  QueueStore,
  ReceiptStore,
  ScheduleStore,
  SecretStore,
  SweepStore,
  TableStore,
  TaskStore,
  TenantStore,
  WebChatStore,
  WorkflowStore,
];
