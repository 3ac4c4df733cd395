import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Json, JsonObject } from '../json.js';

// The package is CommonJS whose types claim a default export that it does not have, so an import would not type.
const canonicalize = createRequire(import.meta.url)('canonicalize') as (input: unknown) => string | undefined;

/** RFC 8785: one text for one JSON value, whatever the order of its keys. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('Only JSON values have a canonical form.');
  return text;
}

/**
 * SHA-256 of a document, hex. `version` and `labels` are left out, because they change without changing what the
 * workflow does; `$schema` because it is a hint to editors.
 */
export function documentHash(document: JsonObject): string {
  const { version: _version, labels: _labels, $schema: _schema, ...meaning } = document;
  return createHash('sha256').update(canonicalJson(meaning)).digest('hex');
}
