import type { CompiledGraph } from '../../graph/compiled-graph.js';
import type { InboundMessage } from '../../message/inbound.js';
import type { Command } from '../command.js';
import type { ExecutionEvent } from '../event.js';
import { plusMs } from '../instant.js';
import type { EffectResult, NodeOutcome } from '../outcome.js';
import type { ExecutionContext } from '../context.js';
import type { ExecutionState } from '../state.js';
import { transition } from '../transition.js';

export const START = '2026-03-02T17:00:00.000Z';

export const CONTEXT: ExecutionContext = {
  contact: {
    id: 'c1',
    name: 'Ana Lima',
    firstName: 'Ana',
    locale: 'en',
    timezone: 'America/Sao_Paulo',
    optedOut: false,
    tags: [],
    attributes: {},
  },
  conversation: { id: 'v1', channel: 'whatsapp', connection: 'main', lastInboundAt: START },
  tenant: { id: 't1', name: 'Acme', timezone: 'UTC', locale: 'en', settings: {} },
};

export function messageOf(text: string, overrides: Partial<InboundMessage> = {}): InboundMessage {
  return { id: `m-${text}`, at: START, kind: 'text', text, ...overrides };
}

/** Plays events into one run and keeps its history. Time stands still until it is told to pass. */
export class Player {
  readonly history: ExecutionEvent[] = [];
  now = START;
  commands: Command[] = [];
  private current: ExecutionState | null = null;

  constructor(readonly graph: CompiledGraph) {}

  get state(): ExecutionState {
    if (this.current === null) throw new Error('The run has not been started');
    return this.current;
  }

  /** The last command of a type, which must be there. */
  last<T extends Command['type']>(type: T): Command & { type: T } {
    const found = this.commands.findLast((command): command is Command & { type: T } => command.type === type);
    if (found === undefined)
      throw new Error(`No command "${type}"; got ${this.commands.map((command) => command.type).join(', ') || 'none'}`);
    return found;
  }

  give(event: ExecutionEvent): Command[] {
    const { state, commands } = transition(this.graph, this.current, event);
    this.history.push(event);
    this.current = state;
    this.commands = commands;
    return commands;
  }

  start(overrides: Partial<ExecutionEvent & { type: 'started' }> = {}): Command[] {
    return this.give({
      type: 'started',
      at: this.now,
      executionId: 'run-1',
      trigger: 'hello',
      event: {},
      context: CONTEXT,
      ...overrides,
    });
  }

  /** Answers the one token that is at work. */
  answer(outcome: NodeOutcome, random = 0.5): Command[] {
    const token = this.state.tokens.find(({ phase }) => phase.kind === 'running');
    if (token === undefined) throw new Error('No node is at work');
    const { id, step, node, attempt } = token;
    return this.give({ type: 'returned', at: this.now, token: id, step, node, attempt, outcome, random });
  }

  /** Lets time pass and rings the timer. */
  pass(ms: number): Command[] {
    this.now = plusMs(this.now, ms);
    return this.give({ type: 'timer', at: this.now });
  }

  say(text: string, token: number | undefined = this.state.tokens[0]?.id): Command[] {
    return this.give({
      type: 'message',
      at: this.now,
      receivedAt: this.now,
      message: messageOf(text),
      ...(token === undefined ? {} : { token }),
    });
  }

  settle(seq: number, result: EffectResult): Command[] {
    return this.give({ type: 'effect', at: this.now, seq, result });
  }
}
