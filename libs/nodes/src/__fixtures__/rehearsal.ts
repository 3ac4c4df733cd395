import {
  channelEvent,
  type Command,
  compile,
  type CompiledGraph,
  type EffectResult,
  type ExecutionEvent,
  type ExecutionState,
  findNode,
  type HttpEffect,
  type InboundMessage,
  type JsonObject,
  nextDue,
  type NodeOutcome,
  type OutboundMessage,
  plusMs,
  routeMessage,
  scopeOf,
  transition,
  WorkflowError,
  type Write,
} from '@workflows/core';
import { nodeTypeOf, type NodeContext, type NodeStrategy } from '@workflows/ports';
import { NODE_SPECS, NODES } from '../index.js';
import { NOW, textOf, WHATSAPP } from './context.js';

const TENANT = { id: 't1', name: 'Acme', timezone: 'UTC', locale: 'en', settings: {} };
const CONTACT = {
  id: 'c1',
  name: 'Ana Lima',
  firstName: 'Ana',
  locale: 'en',
  timezone: 'America/Sao_Paulo',
  optedOut: false,
  tags: [],
  attributes: {},
};

const strategies = new Map(NODES.map((node): [string, NodeStrategy] => [nodeTypeOf(node)?.type ?? '', new node()]));

/**
 * A whole workflow played in memory: the real compiler, machine, router and strategies, on a clock that stands still
 * until it is told to pass. Messages are accepted at once; `http` answers the calls.
 */
export class Rehearsal {
  now = NOW;
  readonly history: ExecutionEvent[] = [];
  readonly outbox: OutboundMessage[] = [];
  readonly writes: Write[] = [];
  readonly path: string[] = [];
  readonly graph: CompiledGraph;
  private current: ExecutionState | null = null;

  constructor(
    readonly definition: JsonObject,
    private readonly http: (effect: HttpEffect, attempt: number) => EffectResult = () => {
      throw new Error('No http call was expected');
    },
    private readonly random = 0.5,
  ) {
    const compiled = compile(definition, { nodeTypes: NODE_SPECS });
    if (!compiled.ok) throw new Error(compiled.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.graph = compiled.graph;
  }

  get state(): ExecutionState {
    if (this.current === null) throw new Error('Nothing has started the run');
    return this.current;
  }

  /** What was said last, as its text or the name of its template. */
  get lastSaid(): string | undefined {
    const message = this.outbox.at(-1);
    return message?.type === 'template' ? message.name : message?.text;
  }

  say(text: string): string {
    return this.hear(textOf(text));
  }

  tap(id: string): string {
    return this.hear(textOf(id, { kind: 'option', option: { id, title: id } }));
  }

  /** Routes a message as the engine would, and tells where it went. */
  hear(message: InboundMessage): string {
    this.now = plusMs(this.now, 1000);
    const route = routeMessage({
      message,
      receivedAt: this.now,
      channel: 'whatsapp',
      connection: 'main',
      runs:
        this.current === null || this.current.tokens.length + Number(this.current.gathering !== undefined) === 0
          ? []
          : [{ state: this.current, graph: this.graph }],
      workflows: [this.graph],
    });
    if (route.to === 'start') {
      const event = channelEvent({ trigger: route.trigger, channel: 'whatsapp', at: this.now, message });
      this.give({
        type: 'started',
        at: this.now,
        executionId: 'run-1',
        trigger: route.trigger,
        event,
        context: this.context(),
        message,
      });
    } else if (route.to === 'run' || route.to === 'gather') {
      this.give({ type: 'context', at: this.now, context: this.context() });
      this.give({
        type: 'message',
        at: this.now,
        receivedAt: this.now,
        message,
        ...(route.to === 'run' ? { token: route.token } : {}),
      });
    }
    return route.to;
  }

  /** Lets time pass, ringing each timer at its instant. */
  advance(ms: number): void {
    const end = plusMs(this.now, ms);
    for (let due = nextDue(this.state); due !== null && due <= end; due = nextDue(this.state)) {
      this.now = due > this.now ? due : this.now;
      this.give({ type: 'timer', at: this.now });
    }
    this.now = end;
  }

  give(event: ExecutionEvent): void {
    this.history.push(event);
    const { state, commands } = transition(this.graph, this.current, event);
    this.current = state;
    for (const command of commands) this.do(command);
  }

  private do(command: Command): void {
    if (command.type === 'effect') this.perform(command);
    else if (command.type !== 'withdraw') this.runNode(command);
  }

  private runNode(command: Command & { type: 'run' | 'resume' }): void {
    const { token, step, node, attempt } = command;
    // Its region was closed by what was done before it.
    if (!this.state.tokens.some((each) => each.id === token && each.step === step)) return;
    if (command.type === 'run' && attempt === 1) this.path.push(node);
    this.give({
      type: 'returned',
      at: this.now,
      token,
      step,
      node,
      attempt,
      outcome: this.outcomeOf(command),
      random: this.random,
    });
  }

  private outcomeOf(command: Command & { type: 'run' | 'resume' }): NodeOutcome {
    const strategy = strategies.get(findNode(this.graph, command.node)?.type ?? '');
    if (strategy === undefined) throw new Error(`No strategy for node "${command.node}"`);
    try {
      const context = this.nodeContext(command);
      const outcome =
        command.type === 'run'
          ? strategy.run(command.input, context)
          : strategy.resume(command.input, context, command.signal, command.memory);
      if (outcome instanceof Promise) throw new Error('Strategies of this library answer at once');
      return outcome;
    } catch (error) {
      if (error instanceof WorkflowError) return { kind: 'failed', failure: error.failure };
      throw error;
    }
  }

  private nodeContext({ token: id, node: nodeId, attempt }: Command & { type: 'run' | 'resume' }): NodeContext {
    const node = findNode(this.graph, nodeId);
    const token = this.state.tokens.find((each) => each.id === id);
    if (node === undefined || token === undefined) throw new Error(`The run stands on no node "${nodeId}"`);
    const scope = scopeOf(this.graph, this.state, token, this.now);
    return {
      now: this.now,
      attempt,
      idempotencyKey: scope.step?.idempotencyKey ?? '',
      callDepth: 0,
      timeoutMs: node.timeoutMs,
      interruptible: node.interruptible,
      contact: CONTACT,
      tenant: TENANT,
      channel: 'whatsapp',
      capabilities: WHATSAPP,
      evaluate: (source, locals) => node.evaluate(source, { ...scope, ...locals }),
    };
  }

  private perform({ seq, effect, token: id }: Command & { type: 'effect' }): void {
    if (effect.kind === 'http') {
      const attempt = this.state.tokens.find((token) => token.id === id)?.attempt ?? 0;
      this.give({ type: 'effect', at: this.now, seq, result: this.http(effect, attempt) });
      return;
    }
    if (effect.kind === 'store') throw new Error('This rehearsal has no tables');
    if (effect.kind === 'model') throw new Error('This rehearsal has no models');
    if (effect.kind === 'write') {
      this.writes.push(effect.write);
      return;
    }
    this.outbox.push(effect.message);
    if (effect.notify === 'accepted') {
      this.give({
        type: 'effect',
        at: this.now,
        seq,
        result: { outcome: 'done', data: { messageId: `wamid.${seq}`, status: 'accepted' } },
      });
    }
  }

  private context() {
    return {
      contact: CONTACT,
      conversation: { id: 'v1', channel: 'whatsapp', connection: 'main', lastInboundAt: this.now },
      tenant: TENANT,
    };
  }
}
