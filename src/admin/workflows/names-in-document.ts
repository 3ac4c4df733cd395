import type { Json, JsonObject } from '@workflows/core';

/** Kinds of things that a document names and a tenant must have. */
export const RESOURCE_KINDS = [
  'connections',
  'credentials',
  'models',
  'tables',
  'templates',
  'queues',
  'settings',
  'workflows',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Names by kind, sorted and each once; kinds without a name are absent. */
export type Requirements = Partial<Record<ResourceKind, string[]>>;

/** Where a field's value is a name, by the field that holds it. `with.template` of an ask holds an object with a name. */
const NAME_FIELDS: Record<string, ResourceKind> = {
  connection: 'connections',
  credential: 'credentials',
  model: 'models',
  table: 'tables',
  queue: 'queues',
};

/** What a document needs from the tenant in which it runs. Names only: a document has no secrets to begin with. */
export function requirementsOf(document: JsonObject): Requirements {
  const found = new Map<ResourceKind, Set<string>>();
  const note = (kind: ResourceKind, name: string): string => {
    found.set(kind, (found.get(kind) ?? new Set()).add(name));
    return name;
  };
  renameIn(document, note);
  for (const [, name] of JSON.stringify(document).matchAll(/\btenant\.settings\.\??([A-Za-z_]\w*)/g))
    if (name !== undefined) note('settings', name);
  return Object.fromEntries(
    RESOURCE_KINDS.flatMap((kind) => (found.has(kind) ? [[kind, [...(found.get(kind) ?? [])].sort()]] : [])),
  );
}

/** The document with every name of a resource replaced by what `rename` gives for it. */
export function renameIn(document: JsonObject, rename: (kind: ResourceKind, name: string) => string): JsonObject {
  const walked: JsonObject = { ...document };
  for (const part of ['triggers', 'nodes']) {
    const present = document[part];
    if (present !== undefined) walked[part] = walk(present, rename);
  }
  return walked;
}

function walk(value: Json, rename: (kind: ResourceKind, name: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => walk(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => {
      const kind = kindOf(field, value);
      // A computed name is known only at run time, so it is neither listed nor replaced.
      if (kind !== undefined && typeof inner === 'string' && !inner.includes('{{')) return [field, rename(kind, inner)];
      return [field, walk(inner, rename)];
    }),
  );
}

/** `name` is a template's only inside the `with` of a template, and `workflow` stands in calls and in one trigger. */
function kindOf(field: string, holder: JsonObject): ResourceKind | undefined {
  if (field === 'name' && typeof holder['language'] === 'string') return 'templates';
  if (field === 'workflow') return 'workflows';
  if (field === 'secret' && (holder['type'] === 'hmac' || holder['type'] === 'token')) return 'credentials';
  return NAME_FIELDS[field];
}
