import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  assertNever,
  type Command,
  type EffectResult,
  earliest,
  type ExecutionEvent,
  type InboundMessage,
  isDue,
  type Json,
  type JsonObject,
  nextAdmitted,
  nextDue,
  plusMs,
  type Route,
  routeMessage,
  type Write,
} from '@workflows/core';
import { EffectAnswers } from './effect-answers.js';
import { Outbox } from './outbox.js';
import { SimulatedEvents } from './simulated-events.js';
import { SimulatedRun } from './simulated-run.js';
import type { Stage } from './stage.js';
import { failed, TestStopped } from './test-problem.js';
import type { TestProblem } from './report.js';
import type { Tables } from './tables.js';

/** Triggers by which the contact writes, so that free text may follow. */
const WRITTEN = new Set(['channel.message', 'channel.postback', 'channel.story']);

/** Far more than a dialogue needs, and soon over: a test that loops must not hold up whoever publishes. */
const MOST_OUTCOMES = 20_000;

/** Outcomes between two turns of the event loop, as in the engine: others are served in between. */
const OUTCOMES_PER_TURN = 64;

/**
 * One test's small world: the real router, machine and node strategies around a clock that stands still until it is
 * told to pass. What the engine keeps in Postgres is kept in memory here, and nothing leaves the process.
 */
export class Simulation {
  now: string;
  readonly outbox = new Outbox();
  readonly runs: SimulatedRun[] = [];
  /** What the runs have written beside themselves, in order: in the engine these are rows of the commit. */
  readonly writes: Array<{ node: string; write: Write }> = [];
  private readonly events = new SimulatedEvents();
  private readonly answers: EffectAnswers;
  private lastInboundAt: string | null;
  private outcomes = 0;

  constructor(private readonly stage: Stage) {
    this.now = stage.world.now;
    this.lastInboundAt = stage.world.lastInboundAt;
    this.answers = new EffectAnswers(stage, this.outbox);
  }

  get tables(): Tables {
    return this.stage.world.tables;
  }

  /** The run that was started last: the one that the script talks about. */
  get run(): SimulatedRun | undefined {
    return this.runs.at(-1);
  }

  /** Starts a run without asking the triggers whether they want the event. */
  async start(trigger: string, event: JsonObject, message?: InboundMessage, queued?: true): Promise<void> {
    if (message !== undefined || WRITTEN.has(this.stage.world.trigger.type)) this.lastInboundAt = this.now;
    const run = new SimulatedRun(`run-${this.runs.length + 1}`, this.stage.graph, this.stage.mocks, this.stage.coverage);
    const context = this.stage.world.context(this.lastInboundAt);
    const at = this.now;
    this.runs.push(run);
    await this.carryOut(
      run,
      run.apply({
        type: 'started',
        at,
        executionId: run.id,
        trigger,
        event,
        context,
        ...(message === undefined ? {} : { message }),
        ...(queued === undefined ? {} : { queued }),
      }),
    );
    await this.tellWaits();
    await this.admitNext();
    if (message === undefined) await this.passTime(this.now);
  }

  /** An event from outside. Runs that wait for it are told; else it is there for a later wait. */
  async emit(event: { name: string; key: string | null; data: Json }): Promise<void> {
    this.events.add({ ...event, at: this.now }, this.alive());
    await this.tellWaits();
    await this.passTime(this.now);
  }

  /** The latest step that waits for a signal of this name. */
  waitingFor(signal: string): { run: SimulatedRun; step: number } | undefined {
    const waits = this.alive().flatMap((run) =>
      run.state.tokens.flatMap(({ step, phase }) =>
        phase.kind === 'waiting' && phase.wait.signals?.includes(signal) === true ? [{ run, step }] : [],
      ),
    );
    return waits.at(-1);
  }

  /** A signal from outside for one step. */
  async tell({ run, step }: { run: SimulatedRun; step: number }, name: string, data: Json): Promise<void> {
    await this.give(run, { type: 'signal', at: this.now, step, name, data });
    await this.passTime(this.now);
  }

  /** Messages of one burst, each to whom it belongs, as the engine routes them. */
  async hear(messages: readonly InboundMessage[]): Promise<Route[]> {
    // An answer comes after its question; what comes in the same millisecond would count as written before it.
    if (this.outbox.last?.at === this.now) await this.passTime(plusMs(this.now, 1));
    this.lastInboundAt = this.now;
    const routes: Route[] = [];
    for (const message of messages) routes.push(await this.route({ ...message, at: this.now }));
    await this.passTime(this.now);
    return routes;
  }

  /** Lets time pass, firing each timer at its instant. What a burst waits for is due at once. */
  async passTime(until: string): Promise<void> {
    for (let due = this.nextDue(); due !== null && isDue(due, until); due = this.nextDue()) {
      if (!isDue(due, this.now)) this.now = plusMs(due, 0);
      for (const run of this.alive()) {
        if (isDue(nextDue(run.state) ?? until, this.now)) await this.give(run, { type: 'timer', at: this.now });
      }
    }
    if (!isDue(until, this.now)) this.now = until;
  }

  async settle(run: SimulatedRun, seq: number, result: EffectResult): Promise<void> {
    await this.give(run, { type: 'effect', at: this.now, seq, result });
  }

  private async route(message: InboundMessage): Promise<Route> {
    const { graph, world } = this.stage;
    if (world.conversation === null) throw new Error('A run without a conversation hears nothing.');
    const { channel, connection } = world.conversation;
    const quoted = message.quotedId === undefined ? undefined : this.outbox.find(message.quotedId);
    const route = routeMessage({
      message,
      receivedAt: this.now,
      channel,
      connection,
      runs: this.alive().map(({ state }) => ({ state, graph })),
      workflows: [graph],
      ...(quoted === undefined ? {} : { quoted: { executionId: quoted.executionId, step: quoted.step } }),
    });
    switch (route.to) {
      case 'run':
        await this.giveTo(route.executionId, {
          type: 'message',
          at: this.now,
          message,
          receivedAt: this.now,
          token: route.token,
        });
        break;
      case 'gather':
      case 'consumed':
        await this.giveTo(route.executionId, { type: 'message', at: this.now, message, receivedAt: this.now });
        break;
      case 'start':
        for (const id of route.cancel) await this.giveTo(id, { type: 'cancelled', at: this.now, reason: 'restarted' });
        await this.start(route.trigger, route.event, message, route.queued);
        break;
      case 'people':
      case 'nobody':
        break;
      default:
        assertNever(route);
    }
    return route;
  }

  private async giveTo(executionId: string, event: ExecutionEvent): Promise<void> {
    const run = this.alive().find(({ id }) => id === executionId);
    if (run !== undefined) await this.give(run, event);
  }

  /** Like the engine, tells the run first what has changed around it. */
  private async give(run: SimulatedRun, event: ExecutionEvent): Promise<void> {
    await this.carryOut(run, [...this.news(run), ...run.apply(event)]);
    if (event.type !== 'signal') await this.tellWaits();
    if (run.hasEnded) await this.admitNext();
  }

  /** Like the engine, lets a run begin that waits for the end of another one of its session. */
  private async admitNext(): Promise<void> {
    const { graph } = this.stage;
    const next = nextAdmitted(this.alive().map((run) => ({ run, state: run.state, graph })));
    if (next !== null) await this.give(next.run, { type: 'admitted', at: this.now });
  }

  private news(run: SimulatedRun): Command[] {
    const context = this.stage.world.context(this.lastInboundAt);
    const changed = JSON.stringify(context) !== JSON.stringify(run.state.context);
    return changed ? run.apply({ type: 'context', at: this.now, context }) : [];
  }

  /** Like the engine, after what emitted the events or began the waits has come to its end. */
  private async tellWaits(): Promise<void> {
    for (let letter = this.events.next(); letter !== undefined; letter = this.events.next()) {
      if (!letter.run.hasEnded) await this.give(letter.run, { type: 'signal', at: this.now, ...letter.signal });
    }
  }

  /** Runs what the machine asks for until it asks for nothing more. Effects come to their end when all nodes have spoken. */
  private async carryOut(run: SimulatedRun, commands: Command[]): Promise<void> {
    const queue = [...commands];
    const settled: ExecutionEvent[] = [];
    for (;;) {
      const command = queue.shift();
      if (command === undefined) {
        const event = settled.shift();
        if (event === undefined) return;
        queue.push(...this.news(run), ...run.apply(event));
      } else if (command.type !== 'withdraw' && !isDecided(command) && !run.isWaitedFor(command)) {
        continue;
      } else if (command.type === 'effect') {
        const result = this.answer(run, command);
        if (result !== undefined) settled.push({ type: 'effect', at: this.now, seq: command.seq, result });
      } else if (command.type !== 'withdraw') {
        this.outcomes += 1;
        if (this.outcomes % OUTCOMES_PER_TURN === 0) await nextTurn();
        if (this.outcomes > MOST_OUTCOMES) throw new TestStopped(endless(this.stage.testPath));
        const outcome = await this.stage.nodes.outcomeOf(
          run,
          command,
          this.now,
          this.stage.world.conversation?.capabilities ?? null,
        );
        const { token, step, node, attempt } = command;
        queue.push(...run.apply({ type: 'returned', at: this.now, token, step, node, attempt, outcome, random: 0 }));
      }
    }
  }

  /** What the world says to an effect at once; undefined when it says nothing yet. */
  private answer(run: SimulatedRun, command: Command & { type: 'effect' }): EffectResult | undefined {
    const { node, step, effect } = command;
    if (effect.kind !== 'write') return this.answers.answer(run, command, this.now, this.lastInboundAt);
    this.writes.push({ node, write: effect.write });
    this.events.write(run, step, effect.write, this.now, this.alive());
    return undefined;
  }

  private alive(): SimulatedRun[] {
    return this.runs.filter((run) => !run.hasEnded);
  }

  private nextDue(): string | null {
    return earliest(this.alive().flatMap((run) => nextDue(run.state) ?? []));
  }
}

function endless(path: string): TestProblem {
  const hint = 'Bound its loops with maxVisits, or advance less time.';
  return failed(path, `The test ran nodes ${MOST_OUTCOMES} times and had not come to its end.`, { hint });
}

/** What a run has decided to send or to write happens, whatever becomes of the branch that decided it. */
function isDecided(command: Command): boolean {
  return command.type === 'effect' && (command.effect.kind === 'message' || command.effect.kind === 'write');
}
