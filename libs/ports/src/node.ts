import type { ChannelCapabilities, Json, NodeOutcome, NodeTypeSpec, Signal } from '@workflows/core';

/** What a node may look at while it runs. There is nothing here to send with: a node returns what is to be sent. */
export interface NodeContext {
  /** Database time of this step, ISO 8601 in UTC. The only clock a node has. */
  now: string;
  /** 1 on the first try of this step. */
  attempt: number;
  /** The same for all attempts of this step, new at each visit. */
  idempotencyKey: string;
  /** Over how many calls of other runs this one was reached. */
  callDepth: number;
  /** From the node's common fields, in milliseconds; null where the type has none. */
  timeoutMs: number | null;
  interruptible: boolean;
  /** IANA zones and locales, for local times and for reading numbers and dates. */
  contact: { timezone: string; locale: string } | null;
  tenant: { timezone: string; locale: string };
  /** The channel of the run's conversation, or null. */
  channel: string | null;
  /** What that channel can carry, or null without a conversation. */
  capabilities: ChannelCapabilities | null;
  /** Evaluates an expression of kind `cel` of this node, by its source. Throws WorkflowError `expr.failed`. */
  evaluate(source: string, locals?: Record<string, Json>): Json;
}

export interface NodeInput<Config = Json, Fields = Json> {
  config: Config;
  fields: Fields;
}

/**
 * How one node type behaves. Strategies are static and hold no state of a run: whatever they want to remember goes
 * into `wait.memory` and comes back with `resume`. They may throw WorkflowError; anything else thrown is a defect and
 * fails the step with `internal`.
 */
export abstract class NodeStrategy {
  /** Called once for each attempt of a step. */
  abstract run(input: NodeInput<any, any>, context: NodeContext): NodeOutcome | Promise<NodeOutcome>;

  /** Called when something came that the node waits for. Only for types that ever return `waiting`. */
  resume(
    _input: NodeInput<any, any>,
    _context: NodeContext,
    signal: Signal,
    _memory: Json | undefined,
  ): NodeOutcome | Promise<NodeOutcome> {
    throw new Error(`${this.constructor.name} was resumed by a ${signal.type} but never waits`);
  }
}

const NODE_TYPE = Symbol('workflows.node-type');

/** Announces a class as the strategy of a node type: `@NodeType(waitForSpec)`. */
export function NodeType(spec: NodeTypeSpec<any, any>): ClassDecorator {
  return (target) => {
    // In braces, because a decorator that returns something replaces the class with it.
    Reflect.defineProperty(target, NODE_TYPE, { value: spec });
  };
}

/** The spec that a class was announced with, or undefined. */
export function nodeTypeOf(target: Function): NodeTypeSpec | undefined {
  return (target as unknown as Record<symbol, NodeTypeSpec | undefined>)[NODE_TYPE];
}
