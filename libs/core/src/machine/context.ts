import type { JsonObject } from '../json.js';

/** What expressions see as `contact`, `conversation` and `tenant`. */
export interface ExecutionContext {
  contact?: {
    id: string;
    name: string;
    firstName: string;
    locale: string;
    timezone: string;
    optedOut: boolean;
    tags: string[];
    attributes: JsonObject;
  };
  conversation?: {
    id: string;
    channel: string;
    connection: string;
    /** When the contact last wrote; `windowMinutes` is computed from it at each step. */
    lastInboundAt: string | null;
    /** Hours for which the channel takes free text after that; null: no such rule. Absent means 24. */
    windowHours?: number | null;
  };
  tenant: { id: string; name: string; timezone: string; locale: string; settings: JsonObject };
}
