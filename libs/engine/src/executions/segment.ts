import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  assertNever,
  type Command,
  decide,
  type Effect,
  type EffectResult,
  type ExecutionEvent,
  findNode,
  type NodeOutcome,
  type Order,
  pendingCommands,
  WorkflowError,
} from '@workflows/core';
import type { CancelOrder } from '@workflows/ports';
import type { NodeRegistry } from '../nodes/node.registry.js';
import { type CalledEffect, CalledEffects, isCalled, isRead, type Performers } from './called-effects.js';
import { type Called, CallsInFlight } from './calls-in-flight.js';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';
import { nodeContext } from './node-context.js';

/** Steps between two turns of the event loop: pure nodes are fast, but a long run of them must not hold others up. */
const STEPS_PER_TURN = 64;

/** Steps between two commits of a long stretch: what a claim holds, and what a crash repeats, stays small. */
const STEPS_PER_COMMIT = 100;

const LEFT_OPEN: EffectResult = {
  outcome: 'unknown',
  failure: {
    code: 'effect.unknown',
    kind: 'terminal',
    message: 'The worker stopped while the request was under way, so nobody knows whether it happened.',
  },
};

type EffectCommand = Command & { type: 'effect' };
type CallCommand = EffectCommand & { effect: CalledEffect };

/**
 * Carries a run from an event to the place where it parks or ends: asks the machine, runs the nodes that it names,
 * feeds their outcomes back. Nothing is written on the way, except a checkpoint before a call that must not be repeated
 * and one after every hundred steps.
 */
export class Segment {
  private readonly queue: Command[] = [];
  private readonly calls: CallCommand[] = [];
  private readonly inFlight: CallsInFlight;
  private readonly effects: CalledEffects;
  private steps = 0;
  /** Steps that a commit of this stretch holds already. */
  private written = 0;

  constructor(
    private readonly run: LiveRun,
    private readonly session: MailboxSession,
    private readonly nodes: NodeRegistry,
    performers: Performers,
  ) {
    const { tenantId, mailboxId } = session;
    this.inFlight = new CallsInFlight({ tenantId, mailboxId, executionId: run.executionId }, performers.cancels);
    this.effects = new CalledEffects(run, session, performers);
  }

  async apply(event: ExecutionEvent): Promise<void> {
    this.tell(event);
    await this.advance();
  }

  /** The same, after telling the run what has changed in the world since it last looked. */
  async applyWithContext(event: ExecutionEvent): Promise<void> {
    this.tellWithContext(event);
    await this.advance();
  }

  /** The run has the event, and a commit writes it; what follows from it is done by `advance`. */
  tell(event: ExecutionEvent): void {
    this.queue.push(...this.run.apply(event));
  }

  tellWithContext(event: ExecutionEvent): void {
    this.tellContext(event.at);
    this.tell(event);
  }

  private tellContext(at: string): void {
    const context = this.session.context();
    if (JSON.stringify(context) !== JSON.stringify(this.run.state.context)) this.tell({ type: 'context', at, context });
  }

  /** Takes up the steps whose nodes had not answered when the last holder of the run was lost. */
  async takeUp(): Promise<void> {
    this.queue.push(...pendingCommands(this.run.graph, this.run.state));
    await this.advance();
  }

  /** Takes up a call that the last holder of the run began and may not have finished. */
  async recover(open: { seq: number; effect: Effect }): Promise<void> {
    const { effect } = open;
    if (!isCalled(effect)) return;
    if (effect.kind === 'http' && effect.safety === 'unsafe') this.finish(open.seq, LEFT_OPEN);
    else this.inFlight.begin(open.seq, (signal) => this.effects.call(open.seq, effect, signal));
    await this.advance();
  }

  async advance(): Promise<void> {
    try {
      for (;;) {
        if (this.steps - this.written >= STEPS_PER_COMMIT) await this.write();
        const command = this.queue.shift();
        if (command !== undefined) await this.carryOut(command);
        else if (this.calls.length > 0) await this.beginCalls();
        else if (this.inFlight.size > 0) await this.finishFirst();
        else return;
      }
    } finally {
      this.inFlight.stopWatching();
    }
  }

  /** Writes a long stretch on its way. A state that waits for effects must not be written without them, so they come first. */
  private async write(): Promise<void> {
    this.written = this.steps;
    const commands = this.queue.splice(0);
    const toRun = commands.filter(({ type }) => type === 'run' || type === 'resume');
    for (const command of commands) if (!toRun.includes(command)) await this.carryOut(command);
    if (this.calls.length > 0) await this.beginCalls();
    this.queue.unshift(...toRun);
    await this.session.checkpoint();
  }

  private async carryOut(command: Command): Promise<void> {
    switch (command.type) {
      case 'run':
      case 'resume': {
        if (!this.isWaitedFor(command)) return;
        this.steps += 1;
        if (this.steps % STEPS_PER_TURN === 0) await nextTurn();
        const { token, step, node, attempt } = command;
        const outcome = await this.outcomeOf(command);
        this.queue.push(
          ...this.run.apply({
            type: 'returned',
            at: this.session.now(),
            token,
            step,
            node,
            attempt,
            outcome,
            random: Math.random(),
          }),
        );
        return;
      }
      case 'effect':
        if (isCall(command)) this.calls.push(command);
        return; // The run has journalled all others.
      case 'withdraw':
        return; // The run has done it.
      default:
        assertNever(command);
    }
  }

  private async outcomeOf(command: Command & { type: 'run' | 'resume' }): Promise<NodeOutcome> {
    const node = findNode(this.run.graph, command.node);
    if (node === undefined)
      throw new Error(`Run ${this.run.executionId} stands on "${command.node}", which its version does not have.`);
    const strategy = this.nodes.strategy(node.type);
    const context = nodeContext(this.run, node, command, this.session);
    try {
      return command.type === 'run'
        ? await strategy.run(command.input, context)
        : await strategy.resume(command.input, context, command.signal, command.memory);
    } catch (error) {
      if (error instanceof WorkflowError) return { kind: 'failed', failure: error.failure };
      // A defect of a node must end its step, not the worker; what it said may hold a customer's words, so only the log has it.
      this.session.reportDefect(error, this.run.executionId, command.node);
      const message = `The node "${command.node}" of type ${node.type} failed unexpectedly. The log of the worker has the cause.`;
      return { kind: 'failed', failure: { code: 'internal', kind: 'terminal', message } };
    }
  }

  /** Begins the calls of all branches, at the same time as those that are under way. */
  private async beginCalls(): Promise<void> {
    const asked = this.calls.splice(0);
    const calls = asked.filter((call) => this.isWaitedFor(call));
    for (const call of asked) this.run.journalCall(call, calls.includes(call));
    // A read may be repeated without harm, so it needs no commit of its own before it.
    if (calls.some(({ effect }) => !isRead(effect))) await this.session.checkpoint();
    for (const { seq, effect } of calls) {
      this.inFlight.begin(seq, (signal) => this.effects.call(seq, effect, signal));
    }
  }

  /** A branch goes on as soon as its own call has come to an end, however long those of the others take. */
  private async finishFirst(): Promise<void> {
    const next = await this.inFlight.next();
    if ('order' in next) return this.cancel(next);
    const { seq, result } = ended(next);
    this.finish(seq, result);
  }

  /**
   * The cancel acts now, before its letter is read: nobody is to wait for a service on behalf of a run that is over. The
   * letter then finds nothing to do. A step whose call was answered in time is done before; a broken off one never is.
   */
  private async cancel({ order, by }: CancelOrder): Promise<void> {
    if (!this.accepts(order)) return;
    const calls = (await this.inFlight.breakOff()).map(ended);
    for (const { seq, result } of calls) if (result.outcome === 'done') this.finish(seq, result);
    for (const command of this.queue.splice(0)) {
      if (command.type === 'resume') await this.carryOut(command);
      else this.queue.push(command);
    }
    if (this.accepts(order)) this.queue.push(...this.run.apply({ type: 'ordered', at: this.session.now(), order, by }));
    for (const { seq, result } of calls) if (result.outcome !== 'done') this.finish(seq, result);
  }

  private accepts(order: Order): boolean {
    return decide(this.run.graph, this.run.state, order).accepted;
  }

  /** False when the region of its token was closed by something that came before it. */
  private isWaitedFor({ token, step }: { token: number; step: number }): boolean {
    return this.run.state.tokens.some((each) => each.id === token && each.step === step);
  }

  private finish(seq: number, result: EffectResult): void {
    const state = result.outcome === 'done' ? 'sent' : result.outcome;
    this.run.settle({ seq, state, result });
    // What the call has changed around the run, its next step sees already.
    this.tellContext(this.session.now());
    this.queue.push(...this.run.apply({ type: 'effect', at: this.session.now(), seq, result }));
  }
}

function ended(called: Called): { seq: number; result: EffectResult } {
  if ('error' in called) throw called.error;
  return called;
}

function isCall(command: EffectCommand): command is CallCommand {
  return isCalled(command.effect);
}
