import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  assertNever,
  type Command,
  type Effect,
  type EffectResult,
  type ExecutionEvent,
  findNode,
  type HttpEffect,
  isStoreRead,
  type NodeOutcome,
  pendingCommands,
  type StoreEffect,
  WorkflowError,
} from '@workflows/core';
import { crashPoint, type StorePerformer } from '@workflows/ports';
import type { NodeRegistry } from '../nodes/node.registry.js';
import type { HttpEffectPerformer } from './http-effect.performer.js';
import { LeaseLost } from '../claims/lease.js';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';
import { nodeContext } from './node-context.js';

/** Steps between two turns of the event loop: pure nodes are fast, but a long run of them must not hold others up. */
const STEPS_PER_TURN = 64;

/** Steps between two commits of a long stretch: what a claim holds, and what a crash repeats, stays small. */
const STEPS_PER_COMMIT = 100;

/** A call that has come to its end; `error` when it may not be made any more. */
type Called = { seq: number } & ({ result: EffectResult } | { error: unknown });

type EffectCommand = Command & { type: 'effect' };
type CallCommand = EffectCommand & { effect: HttpEffect | StoreEffect };

/** What the runner does itself, under the lease. */
export interface Performers {
  http: HttpEffectPerformer;
  store: StorePerformer;
}

/**
 * Carries a run from an event to the place where it parks or ends: asks the machine, runs the nodes that it names,
 * feeds their outcomes back. Nothing is written on the way, except a checkpoint before a call that must not be repeated
 * and one after every hundred steps.
 */
export class Segment {
  private readonly queue: Command[] = [];
  private readonly calls: CallCommand[] = [];
  /** Calls under way, by the number of their effect. */
  private readonly inFlight = new Map<number, Promise<Called>>();
  private steps = 0;
  /** Steps that a commit of this stretch holds already. */
  private written = 0;

  constructor(
    private readonly run: LiveRun,
    private readonly session: MailboxSession,
    private readonly nodes: NodeRegistry,
    private readonly performers: Performers,
  ) {}

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
    if (effect.kind !== 'http' && effect.kind !== 'store') return;
    const result: EffectResult =
      effect.kind === 'http' && effect.safety === 'unsafe'
        ? {
            outcome: 'unknown',
            failure: {
              code: 'effect.unknown',
              kind: 'terminal',
              message: 'The worker stopped while the request was under way, so nobody knows whether it happened.',
            },
          }
        : await this.call(effect);
    this.finish(open.seq, result);
    await this.advance();
  }

  async advance(): Promise<void> {
    for (;;) {
      if (this.steps - this.written >= STEPS_PER_COMMIT) await this.write();
      const command = this.queue.shift();
      if (command !== undefined) await this.carryOut(command);
      else if (this.calls.length > 0) await this.beginCalls();
      else if (this.inFlight.size > 0) await this.finishFirst();
      else return;
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
    const calls = this.calls.splice(0).filter((call) => this.isWaitedFor(call));
    for (const call of calls) this.run.journalCall(call);
    // A read may be repeated without harm, so it needs no commit of its own before it.
    if (calls.some(({ effect }) => !isRead(effect))) await this.session.checkpoint();
    for (const { seq, effect } of calls) {
      this.inFlight.set(
        seq,
        this.call(effect).then(
          (result) => ({ seq, result }),
          (error: unknown) => ({ seq, error }),
        ),
      );
    }
  }

  /** A branch goes on as soon as its own call has come to an end, however long those of the others take. */
  private async finishFirst(): Promise<void> {
    const called = await Promise.race(this.inFlight.values());
    this.inFlight.delete(called.seq);
    if ('error' in called) throw called.error;
    this.finish(called.seq, called.result);
  }

  /** False when the region of its token was closed by something that came before it. */
  private isWaitedFor({ token, step }: { token: number; step: number }): boolean {
    return this.run.state.tokens.some((each) => each.id === token && each.step === step);
  }

  private async call(effect: HttpEffect | StoreEffect): Promise<EffectResult> {
    if (!this.session.lease.holds()) throw new LeaseLost(`mailbox ${this.session.mailboxId}`);
    return effect.kind === 'http' ? this.callService(effect) : this.askStore(effect);
  }

  private async callService(effect: HttpEffect): Promise<EffectResult> {
    crashPoint('advance.before-http');
    const result = await this.performers.http.perform(effect, this.session.tenantId);
    crashPoint('advance.after-http');
    return result;
  }

  private async askStore(effect: StoreEffect): Promise<EffectResult> {
    const { tenantId, mailboxId, lease, claimed } = this.session;
    crashPoint('advance.before-store');
    const contactId = claimed.contact?.id ?? null;
    const step = { tenantId, executionId: this.run.executionId, mailboxId, leaseToken: lease.token, contactId };
    const answer = await this.performers.store.perform(effect, step);
    crashPoint('advance.after-store');
    if (answer.outcome === 'settled') {
      if (answer.contact !== undefined) this.session.changeContact(answer.contact);
      return answer.result;
    }
    lease.lose();
    throw new LeaseLost(`mailbox ${mailboxId}`);
  }

  private finish(seq: number, result: EffectResult): void {
    const state = result.outcome === 'done' ? 'sent' : result.outcome;
    this.run.settle({ seq, state, result });
    // What the call has changed around the run, its next step sees already.
    this.tellContext(this.session.now());
    this.queue.push(...this.run.apply({ type: 'effect', at: this.session.now(), seq, result }));
  }
}

function isCall(command: EffectCommand): command is CallCommand {
  return command.effect.kind === 'http' || command.effect.kind === 'store';
}

/** Whether it may be repeated whatever came of it. */
function isRead(effect: HttpEffect | StoreEffect): boolean {
  return effect.kind === 'http' ? effect.safety === 'read' : isStoreRead(effect);
}
