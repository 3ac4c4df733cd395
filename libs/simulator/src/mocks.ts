import {
  type CompiledNode,
  type EffectResult,
  type Failure,
  isRetryableCode,
  type JsonObject,
  type NodeMock,
  type NodeOutcome,
} from '@workflows/core';
import { completed } from './neutral.js';

/** Errors of a message node that come before anything is sent; all other `channel.*` come back from the provider. */
const BEFORE_SENDING = new Set(['channel.invalid', 'channel.unsupported']);

/** What mocks of one visit of a node answer. `outcome` replaces the node's own work, `answer` only what the world says to it. */
export interface MockedVisit {
  outcome(attempt: number): NodeOutcome | undefined;
  answer(attempt: number): EffectResult | undefined;
}

/** The mocks of a test, by node. */
export class Mocks {
  constructor(
    private readonly mocks: Record<string, NodeMock | NodeMock[]>,
    private readonly rawNodes: Record<string, JsonObject>,
  ) {}

  /** Visits take the mocks of a list in order; the last one repeats. */
  visit(node: CompiledNode, visit: number): MockedVisit | undefined {
    const given = Object.hasOwn(this.mocks, node.id) ? this.mocks[node.id] : undefined;
    const mock = Array.isArray(given) ? given[Math.min(visit, given.length) - 1] : given;
    if (mock === undefined) return undefined;
    const raw = this.rawNodes[node.id] ?? {};
    const inWorld = isAnsweredByWorld(node, mock);
    return {
      outcome: (attempt) => (inWorld ? undefined : outcomeOf(node, raw, mock, attempt)),
      answer: (attempt) => (inWorld ? answerOf(node, raw, mock, attempt) : undefined),
    };
  }
}

/** Where the real node can do its work on the answer, it does: its rules about status codes and repetition are tested too. */
function isAnsweredByWorld(node: CompiledNode, mock: NodeMock): boolean {
  if ('outcome' in mock) return false;
  if (node.type === 'http.request') return true;
  const code = 'error' in mock ? mock.error : undefined;
  if (node.type === 'message.ask' && code === undefined) return false;
  if (!node.type.startsWith('message.')) return false;
  return code === undefined || code === 'effect.unknown' || (code.startsWith('channel.') && !BEFORE_SENDING.has(code));
}

function outcomeOf(node: CompiledNode, raw: JsonObject, mock: NodeMock, attempt: number): NodeOutcome {
  const code = errorOf(mock, attempt);
  if (code !== undefined) return { kind: 'failed', failure: mockedFailure(code) };
  const port = 'outcome' in mock ? mock.outcome : 'next';
  return { kind: 'done', port, output: completed(node, raw, port, outputOf(mock)) };
}

function answerOf(node: CompiledNode, raw: JsonObject, mock: NodeMock, attempt: number): EffectResult {
  const code = errorOf(mock, attempt);
  if (code === undefined) {
    const output =
      node.type === 'http.request'
        ? { status: 200, ...outputOf(mock) }
        : { messageId: `mocked-${node.id}`, status: 'accepted', ...outputOf(mock) };
    return { outcome: 'done', data: completed(node, raw, 'next', output) };
  }
  const status = /^http\.(\d{3})$/.exec(code)?.[1];
  if (status !== undefined) return { outcome: 'done', data: { status: Number(status), headers: {}, body: null } };
  // Nobody knows what a call did that was not answered in time; the node decides what that means.
  return { outcome: code === 'timeout' ? 'unknown' : 'failed', failure: mockedFailure(code) };
}

/** The code that this attempt fails with; undefined when it succeeds. */
function errorOf(mock: NodeMock, attempt: number): string | undefined {
  return 'error' in mock && attempt <= (mock.times ?? Infinity) ? mock.error : undefined;
}

function outputOf(mock: NodeMock): JsonObject {
  return mock.output ?? {};
}

function mockedFailure(code: string): Failure {
  return { code, kind: isRetryableCode(code) ? 'retryable' : 'terminal', message: 'The test says so, by a mock.' };
}
