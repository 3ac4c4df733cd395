import type { Port } from '../definition/node-type.js';
import { pointerOf } from '../definition/schema-walk.js';
import { isObject } from '../expression/convert.js';
import type { Json } from '../json.js';
import type { Outline, OutlineNode } from './outline.js';

/**
 * A way from one node to another. `port`: the node was done; `catch`: it failed and caught it itself; `default_catch`:
 * it failed and the document caught it; `command`: the contact left a question with a command word.
 */
export interface Edge {
  from: string;
  to: string;
  kind: 'port' | 'catch' | 'default_catch' | 'command';
  /** Name of the port, for kind `port`. */
  port: string;
  /** Where the target is written. */
  pointer: string;
  /** A variable that is set on the way, for the catches. */
  save?: string;
}

/** The name under which a node leaves to a target of its own fields: `/cases/0/next` is port `cases/0`, `/default` is `default`. */
export function portOfTarget(pointer: string): string {
  return pointer.replace(/^\//, '').replace(/\/next$/, '');
}

/** The ways out of one node by its own fields, read even where other fields of the node are wrong. */
export function ownEdges(node: OutlineNode): Edge[] {
  const { id, pointer, raw } = node;
  const edges: Edge[] = [];
  const add = (kind: Edge['kind'], port: string, to: Json | undefined, place: string, save?: Json): void => {
    if (typeof to === 'string') edges.push({ from: id, to, kind, port, pointer: place, ...variableOf(save) });
  };
  if (node.spec?.hasNext !== false) add('port', 'next', raw['next'], `${pointer}/next`);
  if (isObject(raw['on']))
    for (const [port, to] of Object.entries(raw['on'])) add('port', port, to, pointerOf(pointer, ['on', port]));
  if (Array.isArray(raw['catch'])) {
    for (const [index, rule] of raw['catch'].entries()) {
      if (isObject(rule)) add('catch', `catch/${index}`, rule['next'], `${pointer}/catch/${index}/next`, rule['save']);
    }
  }
  for (const [place, to] of Object.entries(targetsOf(node))) add('port', portOfTarget(place), to, `${pointer}${place}`);
  return edges;
}

/** Nodes that the type's own fields point to, by the pointer below the node. */
export function targetsOf(node: OutlineNode): Record<string, string> {
  return node.spec?.targets && node.shape ? node.spec.targets(node.shape) : {};
}

/** All ways of a document, the implicit ones of `defaults` included. */
export function edgesOf(outline: Outline, regions: { around(id: string): unknown }): Edge[] {
  const edges = [...outline.nodes.values()].flatMap(ownEdges);
  const handled = errorPath(outline, edges);
  for (const node of outline.nodes.values()) {
    if (node.spec?.type === 'message.ask') {
      for (const [index, command] of (outline.defaults.commands ?? []).entries()) {
        edges.push({
          from: node.id,
          to: command.next,
          kind: 'command',
          port: `command/${index}`,
          pointer: `/defaults/commands/${index}/next`,
        });
      }
    }
    // Inside a region an error goes to its join.
    if (regions.around(node.id) !== undefined) continue;
    if (handled.has(node.id) || node.spec?.type === 'end' || catchesAll(node)) continue;
    for (const [index, rule] of (outline.defaults.catch ?? []).entries()) {
      const pointer = `/defaults/catch/${index}/next`;
      edges.push({
        from: node.id,
        to: rule.next,
        kind: 'default_catch',
        port: `catch/${index}`,
        pointer,
        ...variableOf(rule.save),
      });
    }
  }
  return edges;
}

/** From the targets of `defaults.catch` up to and including the first waiting or end node: there the defaults do not catch. */
function errorPath(outline: Outline, edges: Edge[]): Set<string> {
  const path = new Set<string>();
  const open = (outline.defaults.catch ?? []).map((rule) => rule.next);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (path.has(id)) continue;
    path.add(id);
    const spec = outline.nodes.get(id)?.spec;
    if (spec?.category === 'waiting' || spec?.type === 'end') continue;
    open.push(...edges.filter((edge) => edge.from === id && edge.kind === 'port').map((edge) => edge.to));
  }
  return path;
}

function catchesAll(node: OutlineNode): boolean {
  return node.definition?.catch?.some((rule) => rule.errors.includes('*')) ?? false;
}

function variableOf(save: Json | undefined): { save?: string } {
  return typeof save === 'string' && save.startsWith('vars.') ? { save: save.slice('vars.'.length) } : {};
}

/** Ports that a node can have under `on`: those of its type, and those of the common fields. */
export function portsOf(node: OutlineNode): Port[] {
  if (!node.spec || !node.shape) return [];
  const ports = node.spec.ports(node.shape).slice();
  const add = (name: string): void => {
    if (!ports.some((port) => port.name === name)) ports.push({ name, required: true });
  };
  if (node.definition?.maxVisits !== undefined) add('visits');
  if (node.shape.interruptible) add('message');
  return ports;
}

/** False for what stands under `on` with a name that the node's type does not know: no run ever goes there. */
export function isTaken(edge: Edge, outline: Outline): boolean {
  const node = outline.nodes.get(edge.from);
  if (!node?.shape || edge.pointer !== pointerOf(node.pointer, ['on', edge.port])) return true;
  return portsOf(node).some((port) => port.name === edge.port);
}
