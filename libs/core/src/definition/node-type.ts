import type { z } from 'zod';
import type { Json } from '../json.js';
import type { DataSchema } from './data-schema.js';

/**
 * `activity`: touches the world, so it has attempts, a timeout and a deadline.
 * `waiting`: parks the run, so it must say how long.
 * `pure`: computes; the same inputs give the same outcome.
 */
export type NodeCategory = 'activity' | 'waiting' | 'pure';

/** The node as it stands in the document, reduced to what a type's own rules may look at. */
export interface NodeShape<Config = unknown, Fields = unknown> {
  config: Config;
  fields: Fields;
  interruptible: boolean;
  /** The node's own schema of its primary result, where it has one. */
  output?: DataSchema;
  /** Columns of the tenant's tables, as far as they are known. */
  tables?: Record<string, DataSchema>;
}

/** A port beside `next`. `required` ports must be wired; `target` is set where the type wires the port itself (a case). */
export interface Port {
  name: string;
  required: boolean;
}

/** The region that a node opens: its branches or its body, up to the `join` that closes it. */
export type Fork =
  /** One token for each branch, by its name. */
  | { kind: 'parallel'; branches: Record<string, string>; join: string }
  /** One token for each item of a list, at most `concurrency` of them at the same time. */
  | { kind: 'foreach'; items: Json; body: string; concurrency: number; join: string };

/** How a node closes a region: `all` waits for every token, `any` for one, a number for that many. */
export interface Join {
  mode: 'all' | 'any' | number;
  /** `fail`: an error in a branch is raised by the join. `collect`: it counts as arrived. */
  errors: 'fail' | 'collect';
  /** What each iteration of a foreach leaves behind. */
  collect?: Json;
}

/** What a node does with a table, by what its config names. Pointers are below the node. */
export interface TableUse {
  name: string;
  pointer: string;
  /** Columns that it names, each with the pointer to its place; `value`: what is compared with it or written into it. */
  columns: Array<{ name: string; pointer: string; value?: Json }>;
}

/**
 * One node type of the language, complete: from it come the TypeScript types, the shape checks, the ports that the
 * graph checks, the output type that expressions see, and the JSON Schema that editors show.
 */
export interface NodeTypeSpec<Config = unknown, Fields = unknown> {
  /** Family and name, as in `message.send`. */
  type: string;
  typeVersion: number;
  title: string;
  description: string;
  group: 'messages' | 'activities' | 'waiting' | 'flow';
  category: NodeCategory;
  /** The strict zod object of `with`; texts, values and expressions are marked by `text()`, `value()` and `cel()`. */
  config: z.ZodType<Config>;
  /** Fields beside the common ones that this type has at the top of the node, such as `cases` of `switch`. */
  fields?: z.ZodType<Fields>;
  /** False for types without a success port: `switch`, `parallel`, `foreach`, `end`. */
  hasNext: boolean;
  /** Ports beside `next` that are wired under `on`. */
  ports(node: NodeShape<Config, Fields>): Port[];
  /** Nodes that the type's own fields point to, with the JSON Pointer below the node: `{ '/cases/0/next': 'ask_email' }`. */
  targets?(node: NodeShape<Config, Fields>): Record<string, string>;
  /** The shape of the output on `next`: what `steps.<node>` is to expressions. */
  output(node: NodeShape<Config, Fields>): DataSchema;
  /** Outputs on other ports, where they differ from none: `{ exhausted: ... }`. */
  portOutputs?(node: NodeShape<Config, Fields>): Record<string, DataSchema>;
  /** The field of the output that `save` stores and the node's `output` schema describes. */
  primary?: string;
  /** The same, in place of `primary`, where the config decides which field it is. */
  primaryFor?(node: NodeShape<Config, Fields>): string;
  /** For types that read or write a table of the tenant. */
  table?(node: NodeShape<Config, Fields>): TableUse;
  /**
   * Names that the expressions of this type see beside the usual scopes, with their shape: `value` in the checks of an
   * ask. `place`: JSON Pointer of the expression below the node, where they differ by it.
   */
  locals?(node: NodeShape<Config, Fields>, place: string): Record<string, DataSchema>;
  /** For types that open a region. When such a node is done its token divides; of `foreach`, over the `items` of its output. */
  fork?(node: NodeShape<Config, Fields>): Fork;
  /** For the type that closes one. The machine makes its output, because only it knows what has arrived. */
  join?(node: NodeShape<Config, Fields>): Join;
  /** For the type that gives a value for each item of `from`, or one value without it: its output's type comes from these. */
  mapping?(node: NodeShape<Config, Fields>): { from?: Json; value: Json };
}
