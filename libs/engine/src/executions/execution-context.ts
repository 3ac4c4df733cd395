import type { ChannelCapabilities, ExecutionContext } from '@workflows/core';
import type { ClaimedMailbox, TenantRecord } from '@workflows/ports';

/** What expressions will see as `contact`, `conversation` and `tenant`, as the claim found it. */
export function executionContext(
  mailbox: ClaimedMailbox,
  tenant: TenantRecord,
  capabilities: (channel: string) => ChannelCapabilities,
): ExecutionContext {
  const { contact, conversation } = mailbox;
  return {
    ...(contact === null
      ? {}
      : {
          contact: {
            id: contact.id,
            name: contact.name,
            firstName: contact.name.trim().split(/\s+/)[0] ?? '',
            locale: contact.locale ?? tenant.locale,
            timezone: contact.timezone ?? tenant.timezone,
            optedOut: contact.optedOut,
            tags: contact.tags,
            attributes: contact.attributes,
          },
        }),
    ...(conversation === null
      ? {}
      : {
          conversation: {
            id: conversation.id,
            channel: conversation.channel,
            connection: conversation.connection,
            lastInboundAt: conversation.lastInboundAt,
            windowHours: capabilities(conversation.channel).windowHours,
          },
        }),
    tenant: { id: tenant.id, name: tenant.name, timezone: tenant.timezone, locale: tenant.locale, settings: tenant.settings },
  };
}
