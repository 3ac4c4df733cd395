import type { Json } from '../json.js';

/**
 * The part of JSON Schema 2020-12 that a workflow may use (language, section 1.2). One type each and no unions, so
 * that every schema maps to exactly one type of the expression language. A schema without `type` is untyped.
 */
export interface DataSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  properties?: Record<string, DataSchema>;
  required?: string[];
  items?: DataSchema;
  enum?: Json[];
  const?: Json;
  default?: Json;
  title?: string;
  description?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  format?: 'email' | 'phone' | 'date' | 'date-time' | 'uri' | 'uuid';
  /** RE2 syntax. */
  pattern?: string;
  /** Only on variables: personal data, hidden in logs. */
  pii?: boolean;
}
