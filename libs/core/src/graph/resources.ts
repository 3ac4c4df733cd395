import { isObject } from '../expression/convert.js';
import type { Json } from '../json.js';
import { templateUse } from './channel-template.js';
import { type Outline, withCompensations } from './outline.js';
import type { Problem } from './problem.js';
import { toolsOf } from './tools.js';
import { nameHint } from '../definition/suggest.js';
import type { TenantContext } from './tenant-context.js';

type Kind = 'connections' | 'credentials' | 'secrets' | 'models' | 'servers' | 'queues' | 'tables' | 'workflows';

interface Reference {
  kind: Kind;
  name: string;
  pointer: string;
}

const SINGULAR: Record<Kind, string> = {
  connections: 'connection',
  credentials: 'credential',
  secrets: 'secret',
  models: 'model',
  servers: 'MCP server',
  queues: 'queue',
  tables: 'table',
  workflows: 'workflow',
};

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
  const nodes = withCompensations(outline);
  if (!context.templates && nodes.some(templateUse)) unchecked.add('templates');
  if (!context.channels && nodes.some(({ spec }) => spec?.type.startsWith('message.'))) unchecked.add('channels');
  const source = JSON.stringify(outline.document);
  if (!context.settings && source.includes('tenant.settings')) unchecked.add('settings');
  if (!context.attributes && source.includes('contact.attributes')) unchecked.add('attributes');
  return { problems, unchecked: [...unchecked].sort() };
}

function namesOf(kind: Kind, context: TenantContext): string[] | undefined {
  switch (kind) {
    case 'connections':
      return context.connections?.map((connection) => connection.name);
    case 'tables':
      return context.tables && Object.keys(context.tables);
    case 'credentials':
    case 'secrets':
    case 'models':
    case 'servers':
    case 'queues':
    case 'workflows':
      return context[kind];
  }
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
    if (isObject(raw['audience'])) add('tables', raw['audience']['table'], `${pointer}/audience/table`);
    if (raw['type'] === 'workflow.finished') add('workflows', raw['workflow'], `${pointer}/workflow`);
  }
  const addInputs = (type: Json | undefined, inputs: Json | undefined, pointer: string): void => {
    if (typeof type !== 'string' || !isObject(inputs)) return;
    for (const { of, field, kind } of NAMED) if (of.test(type)) add(kind, inputs[field], `${pointer}/${field}`);
  };
  for (const { raw, pointer } of withCompensations(outline)) {
    addInputs(raw['type'], raw['with'], `${pointer}/with`);
    for (const { value, place } of toolsOf(raw)) {
      add('servers', value['server'], `${pointer}${place}/server`);
      if (isObject(value['approval'])) add('queues', value['approval']['queue'], `${pointer}${place}/approval/queue`);
      if (isObject(value['do'])) addInputs(value['do']['type'], value['do']['with'], `${pointer}${place}/do/with`);
    }
  }
  return references;
}

/** Inputs that hold the name of something of the tenant, by the type of the node or of a tool's action. */
const NAMED: ReadonlyArray<{ of: RegExp; field: string; kind: Kind }> = [
  { of: /^http\.request$/, field: 'credential', kind: 'credentials' },
  { of: /^ai\./, field: 'model', kind: 'models' },
  { of: /^data\./, field: 'table', kind: 'tables' },
  { of: /^human\./, field: 'queue', kind: 'queues' },
  { of: /^workflow\.call$/, field: 'workflow', kind: 'workflows' },
];
