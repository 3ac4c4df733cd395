import { Injectable } from '@nestjs/common';
import type { ContactAlias } from '@workflows/core';
import { Database } from '@workflows/ports';

@Injectable()
export class ContactStore {
  constructor(private readonly database: Database) {}

  /** What a connection calls a contact, oldest name first; empty when it has never met the contact. */
  aliases(tenantId: string, contactId: string, connectionId: string): Promise<ContactAlias[]> {
    return this.database.callAsTenant(tenantId, 'contact_aliases_of', { p_contact_id: contactId, p_connection_id: connectionId });
  }
}
