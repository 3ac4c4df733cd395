import { assertNever, durationMs, type Failure, plusMs, type Route, type TestInbound, type TestStep } from '@workflows/core';
import { unmet, unmetMessage } from './expectations.js';
import { inboundOf } from './inbound.js';
import { type SentMessage, wordsOf } from './outbox.js';
import { HUMAN_ACTS, humanAct } from './people.js';
import type { TestProblem, TranscriptLine } from './report.js';
import type { Simulation } from './simulation.js';
import { failed, pointer } from './test-problem.js';
import { instantOf } from './world.js';

type StepOf<Kind extends string> = Extract<TestStep, Record<Kind, unknown>>;

/** Plays a script step by step. */
export class Script {
  private readonly heard: TranscriptLine[] = [];

  constructor(
    private readonly simulation: Simulation,
    private readonly trigger: string,
  ) {}

  /** Plays one step and tells what was not as it should be. Throws TestStopped when it cannot be played. */
  async play(step: TestStep, path: string): Promise<TestProblem[]> {
    const { simulation } = this;
    if ('in' in step) return this.hear(step, pointer(path, 'in'));
    if ('out' in step) return unmetMessage(step.out, simulation.outbox.next(), pointer(path, 'out'));
    if ('advance' in step) return this.advance(plusMs(simulation.now, durationMs(step.advance) ?? 0));
    if ('advanceTo' in step) return this.advanceTo(step, pointer(path, 'advanceTo'));
    if ('status' in step) return this.receive(step, pointer(path, 'status'));
    if ('expect' in step) return unmet(step.expect, simulation, pointer(path, 'expect'));
    if ('event' in step) return this.emit(step);
    if ('human' in step) return this.decide(step, pointer(path, 'human'));
    return assertNever(step);
  }

  transcript(): TranscriptLine[] {
    const said = this.simulation.outbox.sent.map(({ at, node, message }): TranscriptLine => ({
      at,
      who: 'workflow',
      node,
      text: wordsOf(message),
    }));
    // A stable sort: what the contact wrote in the same millisecond came first.
    return [...this.heard, ...said].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }

  private async emit({ event }: StepOf<'event'>): Promise<TestProblem[]> {
    this.simulation.outbox.skip();
    await this.simulation.emit({ name: event.name, key: event.key ?? null, data: event.data ?? null });
    return [];
  }

  /** What a person does reaches the latest step that waits for it. */
  private async decide({ human }: StepOf<'human'>, path: string): Promise<TestProblem[]> {
    const { simulation } = this;
    const found = humanAct(human);
    if (found === undefined) {
      const hint = `Write one of ${HUMAN_ACTS.join(', ')}: { "approve": { "comment": "..." } }.`;
      return [failed(path, 'Nobody knows what the person does.', { hint })];
    }
    const { act, said } = found;
    const waiting = simulation.waitingFor(act.signal);
    if (waiting === undefined) {
      const actual = simulation.run?.nodes.join(', ') ?? null;
      return [failed(path, `No node of type ${act.type} waits for a person.`, { expected: act.type, actual })];
    }
    simulation.outbox.skip();
    await simulation.tell(waiting, act.signal, act.data(said, simulation.now));
    return [];
  }

  private async hear(step: StepOf<'in'>, path: string): Promise<TestProblem[]> {
    const { simulation } = this;
    const isBurst = Array.isArray(step.in);
    const before = simulation.runs.length;
    const said: TestInbound[] = Array.isArray(step.in) ? step.in : [step.in];
    const messages = said.map((message, index) => {
      const id = `in-${this.heard.length + index + 1}`;
      return inboundOf(message, id, simulation.now, simulation.outbox, isBurst ? pointer(path, index) : path);
    });
    simulation.outbox.skip();
    const routes = await simulation.hear(messages);
    this.heard.push(
      ...messages.map(({ kind, text, media }): TranscriptLine => ({
        at: simulation.now,
        who: 'contact',
        text: kind === 'text' ? text : `[${media?.type ?? kind}] ${text}`.trim(),
      })),
    );
    return before === 0 ? this.unstarted(routes[0], path) : [];
  }

  /** The first message has to start the run that the test is about. */
  private unstarted(route: Route | undefined, path: string): TestProblem[] {
    if (route?.to === 'start' && route.trigger === this.trigger) return [];
    const actual = route?.to === 'start' ? `It starts the trigger '${route.trigger}'.` : 'No trigger takes it.';
    return [
      failed(path, `The first message does not start the trigger '${this.trigger}'. ${actual}`, {
        hint: 'Write one of its keywords, or name the other trigger in "given".',
      }),
    ];
  }

  private async advance(until: string): Promise<TestProblem[]> {
    this.simulation.outbox.skip();
    await this.simulation.passTime(until);
    return [];
  }

  private async advanceTo(step: StepOf<'advanceTo'>, path: string): Promise<TestProblem[]> {
    const until = instantOf(step.advanceTo, path);
    const { now } = this.simulation;
    if (Date.parse(until) >= Date.parse(now)) return this.advance(until);
    return [failed(path, 'That time is over, and time only goes on.', { expected: until, actual: now })];
  }

  /** A receipt of the provider for a message, by default the last one. Only nodes that wait for it are told. */
  private async receive(step: StepOf<'status'>, path: string): Promise<TestProblem[]> {
    const { messageId, ...rest } = step.status;
    const [[status, detail] = ['', null], ...more] = Object.entries(rest);
    if (!['delivered', 'read', 'failed'].includes(status) || more.length > 0) {
      return [
        failed(path, 'A status is one of delivered, read and failed.', {
          hint: 'Write { "delivered": true }, or { "failed": "channel.undeliverable" }; "messageId" names an older message.',
        }),
      ];
    }
    const { outbox } = this.simulation;
    const sent = typeof messageId === 'string' ? outbox.find(messageId) : outbox.last;
    if (sent === undefined)
      return [
        failed(path, 'There is no such message.', {
          hint: `Messages are called out-1, out-2, ...; ${outbox.sent.length} were sent so far.`,
        }),
      ];
    await this.settle(sent, status, typeof detail === 'string' ? detail : 'channel.undeliverable');
    return [];
  }

  private async settle({ id, executionId, seq, notify }: SentMessage, status: string, code: string): Promise<void> {
    const run = this.simulation.runs.find((each) => each.id === executionId);
    if (run === undefined || run.hasEnded) return;
    if (status === 'failed') {
      const failure: Failure = { code, kind: 'terminal', message: 'The test says so, by a status.' };
      await this.simulation.settle(run, seq, { outcome: 'failed', failure });
    } else if (notify === 'delivered') {
      await this.simulation.settle(run, seq, { outcome: 'done', data: { messageId: id, status } });
    }
  }
}
