import type { DataSchema } from '../definition/data-schema.js';
import type { ChannelCapabilities } from '../message/capabilities.js';

/**
 * What the tenant has, for the checks that depend on it. A list that is absent is not known, and what refers to it is
 * reported as unchecked; an empty list means that the tenant has none.
 */
export interface TenantContext {
  /** Names of the connections, with their channels. */
  connections?: Array<{ name: string; channel: string }>;
  /** What each channel of this engine can carry, by the channel's name. */
  channels?: Record<string, ChannelCapabilities>;
  /** The approved message templates. */
  templates?: TenantTemplate[];
  /** What the tenant's plan allows one run at most. */
  plan?: PlanLimits;
  /** Names of the credentials that `http.request` may use. */
  credentials?: string[];
  /** Columns of the tables, by the table's name. */
  tables?: Record<string, DataSchema>;
  /** Names of the secrets that webhooks are signed with. */
  secrets?: string[];
  /** Names of the model profiles. */
  models?: string[];
  /** Names of the MCP servers. */
  servers?: string[];
  /** Names of the queues in which people work. */
  queues?: string[];
  /** Ids of the workflows. */
  workflows?: string[];
  /** Which workflows each published workflow calls, by its id. */
  calls?: Record<string, string[]>;
  /** Schema of `tenant.settings`. */
  settings?: DataSchema;
  /** Schema of `contact.attributes`. */
  attributes?: DataSchema;
}

/**
 * Schemas of the tenant that the expressions of a version were typed by. They are kept with the version: with others its
 * numbers could become of another type.
 */
export type FrozenSchemas = Pick<TenantContext, 'tables' | 'settings' | 'attributes'>;

/** One language of a template, as the provider approved it. */
export interface TenantTemplate {
  name: string;
  /** As a document writes it: `en`, `pt_BR`. */
  language: string;
  category: 'marketing' | 'utility' | 'authentication';
  /** Names of the parameters of its body, or their positions from '1' on. */
  params: string[];
}

/** Caps on `limits` of a document, in the same units. */
export interface PlanLimits {
  maxSteps?: number;
  /** ISO 8601. */
  maxDuration?: string;
  maxSends?: number;
  maxTokens?: number;
  maxCostUsd?: number;
}
