import {
  type Command,
  type CompiledGraph,
  type ExecutionEvent,
  type ExecutionState,
  transitionBelowCeiling,
  type Write,
} from '@workflows/core';
import type { ClaimedRun, RunCommit } from '@workflows/ports';

/** Numbers of what tells of an end begin here: the state of a run that has ended gives out none, and may go on one day. */
const FIRST_END = 1_000_000_000;

/** A run in the hands of a worker: its state, and everything that the next commit has to write. */
export class LiveRun {
  private events: ExecutionEvent[] = [];
  private effects: RunCommit['effects'] = [];
  private settled: RunCommit['settled'] = [];
  private withdraw = false;
  private isEndTold: boolean;

  private constructor(
    readonly executionId: string,
    readonly workflowId: string,
    public versionId: string,
    public graph: CompiledGraph,
    private revision: number,
    private current: ExecutionState | null,
  ) {
    this.isEndTold = this.hasEnded;
  }

  static claimed(run: ClaimedRun, graph: CompiledGraph): LiveRun {
    return new LiveRun(run.executionId, run.workflowId, run.versionId, graph, run.revision, run.state);
  }

  static born(run: Pick<ClaimedRun, 'executionId' | 'workflowId' | 'versionId'>, graph: CompiledGraph): LiveRun {
    return new LiveRun(run.executionId, run.workflowId, run.versionId, graph, 0, null);
  }

  get state(): ExecutionState {
    if (this.current === null) throw new Error(`Run ${this.executionId} was used before its first event.`);
    return this.current;
  }

  /** What comes from now on is for another version of the workflow; the event that says so comes first. */
  pin(versionId: string, graph: CompiledGraph): void {
    this.versionId = versionId;
    this.graph = graph;
  }

  get hasEnded(): boolean {
    return this.current !== null && ['completed', 'failed', 'cancelled'].includes(this.current.status);
  }

  /** True from the run's end until the commit that holds it. */
  get hasJustEnded(): boolean {
    return this.hasEnded && !this.isEndTold;
  }

  get isDirty(): boolean {
    return this.events.length > 0 || this.settled.length > 0;
  }

  /**
   * Feeds one event to the machine; the commands are the caller's to carry out, in order. Messages and writes are
   * journalled at once: a commit that holds the event must hold them too, or a crash after it would lose them. An event
   * that would make the state larger than a run may keep is not taken in: the run fails with `limit.state` instead, at
   * the size it has.
   */
  apply(event: ExecutionEvent): Command[] {
    const { state, commands, events } = transitionBelowCeiling(this.graph, this.current, event);
    this.current = state;
    this.events.push(...events);
    for (const command of commands) this.note(command);
    if (!this.hasEnded) this.isEndTold = false;
    return commands;
  }

  /** The commit that holds the run's end writes this with it. */
  tellEnd(write: Write & { type: 'event' }): void {
    const seq = FIRST_END + this.state.counters.steps;
    this.effects.push({ seq, node: '', step: 0, effect: { kind: 'write', write }, idempotencyKey: write.id, state: 'sent' });
  }

  /** A call that the runner is about to make, or that it leaves because nobody waits for it any more. */
  journalCall(command: Command & { type: 'effect' }, isMade: boolean): void {
    this.journal(command, isMade ? 'sending' : 'withdrawn');
  }

  private note(command: Command): void {
    if (command.type === 'withdraw') this.withdrawMessages();
    // A write is done by the commit that journals it.
    if (command.type === 'effect' && command.effect.kind === 'write') this.journal(command, 'sent');
    if (command.type === 'effect' && command.effect.kind === 'message') this.journal(command, 'intent');
  }

  private journal(command: Command & { type: 'effect' }, state: 'intent' | 'sending' | 'sent' | 'withdrawn'): void {
    const { seq, node, step, effect, idempotencyKey } = command;
    this.effects.push({ seq, node, step, effect, idempotencyKey, state });
  }

  /** Messages that were decided on before and are not sent must not go out; what is decided on from here may. */
  private withdrawMessages(): void {
    this.withdraw = true;
    for (const effect of this.effects) if (effect.state === 'intent') effect.state = 'withdrawn';
  }

  /** An effect came to an end: one that is not written yet is then born settled. */
  settle(settled: RunCommit['settled'][number]): void {
    const unwritten = this.effects.find((effect) => effect.seq === settled.seq);
    if (unwritten === undefined) this.settled.push(settled);
    else Object.assign(unwritten, { state: settled.state, result: settled.result });
  }

  /** Hands over what is to be written and starts a clean sheet; the revision moves on as the commit will move it. */
  take(): RunCommit {
    const commit: RunCommit = {
      executionId: this.executionId,
      workflowId: this.workflowId,
      versionId: this.versionId,
      revision: this.revision,
      state: this.state,
      events: this.events,
      effects: this.effects,
      settled: this.settled,
      withdraw: this.withdraw,
    };
    this.revision += 1;
    this.isEndTold = this.hasEnded;
    this.events = [];
    this.effects = [];
    this.settled = [];
    this.withdraw = false;
    return commit;
  }
}
