import { type Command, type CompiledGraph, type ExecutionEvent, type ExecutionState, scopeOf, transition } from '@workflows/core';
import type { Coverage } from './coverage.js';
import type { MockedVisit, Mocks } from './mocks.js';

/** A run in a test: its state, the nodes that it entered, and how often each was tried. */
export class SimulatedRun {
  /** Nodes in the order in which they were entered. */
  readonly path: string[] = [];
  readonly attempts: Record<string, number> = {};
  private current: ExecutionState | null = null;
  private readonly mockedSteps = new Map<number, MockedVisit>();
  private readonly attemptOfStep = new Map<number, number>();

  constructor(
    readonly id: string,
    readonly graph: CompiledGraph,
    private readonly mocks: Mocks,
    private readonly coverage: Coverage,
  ) {}

  get state(): ExecutionState {
    if (this.current === null) throw new Error(`Run ${this.id} was used before its first event.`);
    return this.current;
  }

  get hasEnded(): boolean {
    return ['completed', 'failed', 'cancelled'].includes(this.state.status);
  }

  /** Nodes on which the run stands. */
  get nodes(): string[] {
    return this.state.tokens.map(({ node }) => node);
  }

  apply(event: ExecutionEvent): Command[] {
    const before = this.current;
    const { state, commands } = transition(this.graph, before, event);
    this.current = state;
    this.coverage.saw(before, event, state);
    for (const command of commands) if (command.type === 'run') this.note(command);
    return commands;
  }

  /** False when the region of the token was closed by something that came before, as the engine's segment asks too. */
  isWaitedFor({ token, step }: { token: number; step: number }): boolean {
    return this.state.tokens.some((each) => each.id === token && each.step === step);
  }

  mockOf(step: number): MockedVisit | undefined {
    return this.mockedSteps.get(step);
  }

  /** The attempt that a step is at; effects of a step that was left belong to its last one. */
  attemptOf(step: number): number {
    return this.attemptOfStep.get(step) ?? 1;
  }

  /** Which visit of its node this is; the iterations of a foreach follow one another in the order of their items. */
  private visitOf(id: number): number {
    const token = this.state.tokens.find((each) => each.id === id);
    if (token === undefined) return 1;
    const { each } = scopeOf(this.graph, this.state, token, token.enteredAt);
    const index = each?.['index'];
    return token.visit + (typeof index === 'number' ? index : 0);
  }

  private note({ node: id, token, step, attempt }: Command & { type: 'run' }): void {
    const node = this.graph.nodes[id];
    // What undoes a step is no node of the document, so a test cannot speak of it.
    if (node === undefined) return;
    this.attempts[id] = (this.attempts[id] ?? 0) + 1;
    this.attemptOfStep.set(step, attempt);
    if (attempt > 1) return;
    this.path.push(id);
    const mocked = this.mocks.visit(node, this.visitOf(token));
    if (mocked !== undefined) this.mockedSteps.set(step, mocked);
  }
}
