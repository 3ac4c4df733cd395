import {
  type ChannelCapabilities,
  type Command,
  findNode,
  type Json,
  type NodeOutcome,
  scopeOf,
  WorkflowError,
} from '@workflows/core';
import type { NodeContext, NodeStrategy } from '@workflows/ports';
import type { SimulatedNode } from './catalogue.js';
import type { TestProblem } from './report.js';
import type { SimulatedRun } from './simulated-run.js';
import { TestStopped } from './test-problem.js';

/** Types whose answer nobody can guess. http.request is one too, but its request is built before the answer is missed. */
const NEEDS_MOCK = /^(?:ai\.|workflow\.call$)/;

type NodeCommand = Command & { type: 'run' | 'resume' };

/** Runs nodes: by the mock of the test where it replaces the whole node, else by their real strategies. */
export class NodePlayers {
  private readonly strategies: ReadonlyMap<string, NodeStrategy>;

  constructor(
    nodes: readonly SimulatedNode[],
    private readonly mocksPath: string,
  ) {
    this.strategies = new Map(nodes.flatMap(({ spec, strategy }) => (strategy === undefined ? [] : [[spec.type, strategy]])));
  }

  async outcomeOf(
    run: SimulatedRun,
    command: NodeCommand,
    now: string,
    capabilities: ChannelCapabilities | null,
  ): Promise<NodeOutcome> {
    const mocked = command.type === 'run' ? run.mockOf(command.step)?.outcome(command.attempt) : undefined;
    if (mocked !== undefined) return mocked;
    const type = findNode(run.graph, command.node)?.type ?? '';
    // What undoes a step cannot be mocked, and has nobody who reads its answer.
    if (!type.startsWith('message.') && run.graph.nodes[command.node] === undefined) return { kind: 'done', output: {} };
    const strategy = this.strategies.get(type);
    if (strategy === undefined || NEEDS_MOCK.test(type)) throw new TestStopped(unmocked(this.mocksPath, command.node, type));
    const context = contextOf(run, command, now, capabilities);
    try {
      return command.type === 'run'
        ? await strategy.run(command.input, context)
        : await strategy.resume(command.input, context, command.signal, command.memory);
    } catch (error) {
      if (error instanceof WorkflowError) return { kind: 'failed', failure: error.failure };
      throw error;
    }
  }
}

export function unmocked(mocksPath: string, node: string, type: string): TestProblem {
  return {
    path: mocksPath,
    code: 'test.unmocked',
    severity: 'error',
    message: `The test came to the node '${node}' of type ${type}, which has no mock, and tests do not touch the world.`,
    hint: `Say what it answers: "mocks": { "${node}": { "output": { ... } } }, or { "error": "..." }.`,
  };
}

function contextOf(
  run: SimulatedRun,
  { node: id, token: tokenId, attempt }: NodeCommand,
  now: string,
  capabilities: ChannelCapabilities | null,
): NodeContext {
  const { graph, state } = run;
  const node = findNode(graph, id);
  if (node === undefined) throw new Error(`The run stands on the node "${id}", which its graph does not have.`);
  const scope = scopeOf(graph, state, state.tokens.find((token) => token.id === tokenId) ?? null, now);
  const { contact, conversation, tenant } = state.context;
  return {
    now,
    attempt,
    idempotencyKey: scope.step?.idempotencyKey ?? '',
    callDepth: state.depth ?? 0,
    timeoutMs: node.timeoutMs,
    interruptible: node.interruptible,
    contact: contact === undefined ? null : { timezone: contact.timezone, locale: contact.locale },
    tenant: { timezone: tenant.timezone, locale: tenant.locale },
    channel: conversation?.channel ?? null,
    capabilities,
    evaluate: (source: string, locals?: Record<string, Json>): Json => node.evaluate(source, { ...scope, ...locals }),
  };
}
