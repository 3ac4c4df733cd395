import { Injectable } from '@nestjs/common';
import type { ContactAlias, ContactChange } from '@workflows/core';
import { type ContactFacts, Database } from '@workflows/ports';
import type { WritingStep } from './table.store.js';

export type ContactChanged =
  | { outcome: 'done'; version: number; contact: ContactFacts }
  /** More than 100 tags, or than 32 KB of attributes. */
  | { outcome: 'too_large' }
  | { outcome: 'missing' }
  /** The step's mailbox is in other hands by now. */
  | { outcome: 'fenced' };

@Injectable()
export class ContactStore {
  constructor(private readonly database: Database) {}

  /** What a connection calls a contact, oldest name first; empty when it has never met the contact. */
  aliases(tenantId: string, contactId: string, connectionId: string): Promise<ContactAlias[]> {
    return this.database.callAsTenant(tenantId, 'contact_aliases_of', { p_contact_id: contactId, p_connection_id: connectionId });
  }

  /** Once for the step: a repeat answers as the first one did. */
  update(tenantId: string, contactId: string, change: ContactChange, step: WritingStep): Promise<ContactChanged> {
    return this.database.callAsTenant(tenantId, 'update_contact', { p: { ...change, contactId, step } });
  }
}
