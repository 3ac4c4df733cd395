import { Injectable } from '@nestjs/common';
import type { CompiledTrigger, ContactAlias, Scope } from '@workflows/core';
import { ConnectionStore, ContactStore } from '@workflows/storage';
import { ChannelRegistry } from '../channels/channel.registry.js';
import { StartRefused } from './start-refused.js';

/**
 * Names the contact that a run is bound to: `connection` is the connection's name, `address` what the channel calls the
 * contact, who is created when new, `id` a contact that the tenant has.
 */
export type ContactReference = { connection: string; name?: string } & ({ address: string } | { id: string });

/** Whom a trigger binds the run of an event to. Throws WorkflowError where the event lacks what an expression reads. */
export function contactOf(
  { connection, address, id, name }: NonNullable<CompiledTrigger['contact']>,
  scope: Scope,
): ContactReference {
  // The compiler lets exactly one of them through.
  const whom = id === undefined ? { address: address?.(scope) ?? '' } : { id: id(scope) };
  return { connection, ...whom, ...(name === undefined ? {} : { name: name(scope) }) };
}

/** A contact as the road takes it. */
export interface BoundContact {
  connectionId: string;
  aliases: ContactAlias[];
  name?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Finds the contact that a start names. */
@Injectable()
export class ContactBinding {
  constructor(
    private readonly connections: ConnectionStore,
    private readonly contacts: ContactStore,
    private readonly channels: ChannelRegistry,
  ) {}

  /** Throws StartRefused, which repeats neither address nor id. */
  async resolve(tenantId: string, contact: ContactReference): Promise<BoundContact> {
    const connection = await this.connections.find(tenantId, contact.connection);
    if (connection === null || connection.status !== 'active') {
      throw new StartRefused(
        'contact',
        `No active connection is called "${contact.connection}". Create it, or use another name.`,
        '/contact/connection',
      );
    }
    const aliases =
      'id' in contact ? await this.known(tenantId, contact.id, connection) : [this.addressed(contact.address, connection)];
    return { connectionId: connection.id, aliases, ...(contact.name === undefined ? {} : { name: contact.name }) };
  }

  private addressed(address: string, { channel }: { channel: string }): ContactAlias {
    const alias = this.channels.get(channel).aliasOf(address);
    if (alias !== null) return alias;
    throw new StartRefused(
      'contact',
      `"address" is no address on ${channel}. Give a phone number with its country code, such as +5511999990000.`,
      '/contact/address',
    );
  }

  private async known(tenantId: string, id: string, connection: { id: string; name: string }): Promise<ContactAlias[]> {
    const aliases = UUID.test(id) ? await this.contacts.aliases(tenantId, id, connection.id) : [];
    if (aliases.length > 0) return aliases;
    throw new StartRefused(
      'contact',
      `"id" is no contact whom the connection "${connection.name}" has met. Copy it from a conversation, or give an address.`,
      '/contact/id',
    );
  }
}
