import type { InboundMessage, JsonObject } from '@workflows/core';

/** The last place of the burst. */
export function readLocation(messages: readonly InboundMessage[]): JsonObject | undefined {
  const location = messages.map((message) => message.location).findLast((given) => given !== undefined);
  if (location === undefined) return undefined;
  const { latitude, longitude, name, address } = location;
  return { latitude, longitude, ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }) };
}
