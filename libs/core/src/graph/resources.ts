import { isObject } from '../expression/convert.js';
import type { Json } from '../json.js';
import { templateUse } from './channel-template.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import { nameHint } from '../definition/suggest.js';
import type { TenantContext } from './tenant-context.js';

type Kind = 'connections' | 'credentials' | 'secrets';

interface Reference {
  kind: Kind;
  name: string;
  pointer: string;
}

const SINGULAR: Record<Kind, string> = { connections: 'connection', credentials: 'credential', secrets: 'secret' };

/** Does the tenant have what the document names? What cannot be known here is listed, so that nobody takes it for checked. */
export function checkResources(outline: Outline, context: TenantContext): { problems: Problem[]; unchecked: string[] } {
  const problems: Problem[] = [];
  const unchecked = new Set<string>();
  for (const { kind, name, pointer } of referencesOf(outline)) {
    const known = namesOf(kind, context);
    if (!known) unchecked.add(kind);
    else if (!known.includes(name)) {
      const hint = nameHint(name, known, `The tenant has`) ?? `Create the ${SINGULAR[kind]} first.`;
      problems.push({
        path: pointer,
        code: 'ref.resource',
        severity: 'error',
        message: `The tenant has no ${SINGULAR[kind]} '${name}'.`,
        hint,
      });
    }
  }
  const nodes = [...outline.nodes.values()];
  if (!context.templates && nodes.some(templateUse)) unchecked.add('templates');
  if (!context.channels && nodes.some(({ spec }) => spec?.type.startsWith('message.'))) unchecked.add('channels');
  const source = JSON.stringify(outline.document);
  if (!context.settings && source.includes('tenant.settings')) unchecked.add('settings');
  if (!context.attributes && source.includes('contact.attributes')) unchecked.add('attributes');
  return { problems, unchecked: [...unchecked].sort() };
}

function namesOf(kind: Kind, context: TenantContext): string[] | undefined {
  return kind === 'connections' ? context.connections?.map((connection) => connection.name) : context[kind];
}

function referencesOf(outline: Outline): Reference[] {
  const references: Reference[] = [];
  const add = (kind: Kind, name: Json | undefined, pointer: string): void => {
    if (typeof name === 'string') references.push({ kind, name, pointer });
  };
  for (const { raw, pointer } of outline.triggers) {
    add('connections', raw['connection'], `${pointer}/connection`);
    if (isObject(raw['contact'])) add('connections', raw['contact']['connection'], `${pointer}/contact/connection`);
    if (isObject(raw['auth'])) add('secrets', raw['auth']['secret'], `${pointer}/auth/secret`);
  }
  for (const { raw, pointer } of outline.nodes.values()) {
    if (raw['type'] === 'http.request' && isObject(raw['with']))
      add('credentials', raw['with']['credential'], `${pointer}/with/credential`);
  }
  return references;
}
