import {
  assertNever,
  consentOf,
  decide,
  type ExecutionEvent,
  type JsonObject,
  routeMessage,
  startTurn,
  type StartTurn,
  successors,
} from '@workflows/core';
import type { Letter, StartLetter } from '@workflows/ports';
import { v7 as uuidv7 } from 'uuid';
import type { PublishedWorkflow, PublishedWorkflows } from '../triggers/published-workflows.js';
import { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';
import { planned } from './migrate-run.js';
import type { PeopleHold } from './people-hold.js';
import type { Segment } from './segment.js';

type LetterOf<Kind extends Letter['kind']> = Letter & { kind: Kind };

/** Who answers on a phone is not told to us by name. */
const ON_A_PHONE = 'phone';

/** What has begun a run beside its event: a message, the step of another run, or where another run stood. */
type Begun = Pick<ExecutionEvent & { type: 'started' }, 'message' | 'caller' | 'depth' | 'byStatus' | 'queued' | 'fork'>;

/** What has no session begins by itself. */
const ALONE: StartTurn = { to: 'start', cancel: [] };

/** Gives each letter of a mailbox to the run that it is for, or starts one. A letter is dealt with exactly once. */
export class LetterReader {
  constructor(
    private readonly session: MailboxSession,
    private readonly hold: PeopleHold,
    private readonly workflows: PublishedWorkflows,
    private readonly published: () => Promise<PublishedWorkflow[]>,
    private readonly segment: (run: LiveRun) => Segment,
  ) {}

  async read(letter: Letter): Promise<void> {
    switch (letter.kind) {
      case 'message':
        return this.readMessage(letter);
      case 'start':
        return this.readStart(letter);
      case 'effect':
        return this.give(letter.body.executionId, {
          type: 'effect',
          at: this.session.now(),
          seq: letter.body.seq,
          result: letter.body.result,
        });
      case 'cancel':
        return this.give(letter.body.executionId, {
          type: 'cancelled',
          at: this.session.now(),
          reason: letter.body.reason,
          by: letter.body.by,
        });
      case 'signal': {
        const { executionId, step, name, data, id } = letter.body;
        return this.give(executionId, {
          type: 'signal',
          at: this.session.now(),
          step,
          name,
          data,
          ...(id === undefined ? {} : { id }),
        });
      }
      case 'people':
        if (letter.body.what === 'taken') this.hold.take(letter.body.by);
        else this.hold.giveBack();
        return;
      case 'echo':
        this.hold.take(ON_A_PHONE);
        return;
      case 'order':
        return this.readOrder(letter);
      case 'migrate':
        return this.migrate(letter);
      default:
        return assertNever(letter);
    }
  }

  /** An order may bring a run back that has ended. One that cannot be carried out any more leaves no trace in the run. */
  private async readOrder({ body: { executionId, order, by } }: LetterOf<'order'>): Promise<void> {
    const run = this.session.runs.find((candidate) => candidate.executionId === executionId);
    if (run === undefined || !decide(run.graph, run.state, order).accepted) return;
    if (run.hasEnded && successors(run, this.alive()).length > 0) return;
    await this.segment(run).applyWithContext({ type: 'ordered', at: this.session.now(), order, by });
  }

  private async migrate({ body }: LetterOf<'migrate'>): Promise<void> {
    const run = this.alive().find((candidate) => candidate.executionId === body.executionId);
    const moved = run === undefined ? null : await planned(run, body, this.session, this.workflows);
    if (run === undefined || moved === null) return;
    run.pin(body.versionId, moved.graph);
    await this.segment(run).apply(moved.event);
  }

  private async readMessage(letter: LetterOf<'message'>): Promise<void> {
    const { conversation } = this.session.claimed;
    if (conversation === null) throw new Error(`Mailbox ${this.session.mailboxId} has a message but no conversation.`);
    const { message } = letter.body;
    if (await this.readConsent(letter)) return;
    const at = this.session.now();
    const published = await this.published();
    const { fallbackWorkflow: fallback } = this.session.tenant.rules;
    const route = routeMessage({
      message,
      receivedAt: letter.receivedAt,
      channel: conversation.channel,
      connection: conversation.connection,
      runs: this.alive(),
      taken: this.hold.isTaken,
      workflows: published.map(({ graph }) => graph),
      ...(fallback === undefined ? {} : { fallback }),
      ...(letter.quoted === null ? {} : { quoted: letter.quoted }),
    });
    switch (route.to) {
      case 'run':
        return this.give(route.executionId, { type: 'message', at, message, receivedAt: letter.receivedAt, token: route.token });
      case 'gather':
      case 'consumed':
        return this.give(route.executionId, { type: 'message', at, message, receivedAt: letter.receivedAt });
      case 'start': {
        const workflow = published.find((candidate) => candidate.workflowId === route.workflowId);
        if (workflow === undefined) throw new Error(`Workflow ${route.workflowId} was chosen but is not published.`);
        const cancelled = this.cancel(this.aliveAmong(route.cancel), 'restarted');
        const run = LiveRun.born({ ...workflow, executionId: uuidv7() }, workflow.graph);
        const how = { message, ...(route.queued === undefined ? {} : { queued: route.queued }) };
        return advanceAll([...cancelled, this.begin(run, route.trigger, route.event, how)]);
      }
      case 'people':
      case 'nobody':
        return; // It stays in the conversation, for people to see.
      default:
        return assertNever(route);
    }
  }

  /**
   * Opt-out and opt-in come before everything else (language, section 6.3). False when the message is no such word. What
   * was sent before stays sent; nothing else of the contact's runs survives the commit.
   */
  private async readConsent({ seq, body: { message } }: LetterOf<'message'>): Promise<boolean> {
    const { session } = this;
    const { contact, tenant } = session.context();
    if (contact === undefined) return false;
    const consent = consentOf(message, session.tenant.rules, contact, [contact.locale, tenant.locale]);
    if (consent === null) return false;
    const { optedOut, confirmation } = consent;
    const runs = optedOut ? this.alive() : [];
    // Somebody who says it again has been answered.
    if (optedOut === contact.optedOut && runs.length === 0) return true;
    session.write({ type: 'consent', optedOut });
    session.write({ type: 'say', author: 'engine', message: { type: 'content', text: confirmation }, key: `consent:${seq}` });
    await advanceAll(this.cancel(runs, 'opt_out'));
    // Its commit withdraws what runs have not sent; a run that the next letter starts must not be among them.
    if (optedOut) await session.checkpoint();
    return true;
  }

  private async readStart(letter: LetterOf<'start'>): Promise<void> {
    const start: StartLetter = letter.body;
    const graph = await this.workflows.graph(this.session.tenantId, start.versionId);
    if (start.fork !== undefined) return this.readFork(start, start.fork, graph);
    const event: JsonObject = { ...start.event, at: letter.receivedAt };
    const called = calledBy(start);
    const run = LiveRun.born(start, graph);
    const trigger = graph.triggers[start.trigger];
    const turn = trigger === undefined ? ALONE : startTurn(this.alive(), { workflow: graph.workflow, trigger, event });
    switch (turn.to) {
      case 'start': {
        const cancelled = this.cancel(this.aliveAmong(turn.cancel), 'restarted');
        const how = { ...called, ...(turn.queued === undefined ? {} : { queued: turn.queued }) };
        return advanceAll([...cancelled, this.begin(run, start.trigger, event, how)]);
      }
      case 'gather':
        await this.give(turn.executionId, { type: 'joined', at: this.session.now(), event, receivedAt: letter.receivedAt });
        return this.notStarted(run, start.trigger, event, called, 'session.joined');
      case 'consumed':
        return this.notStarted(run, start.trigger, event, called, `session.${turn.why}`);
      default:
        return assertNever(turn);
    }
  }

  /** Whoever has asked for the run can look at what became of it: it was cancelled before its first step. */
  private async notStarted(run: LiveRun, trigger: string, event: JsonObject, how: Begun, reason: string): Promise<void> {
    const segment = this.begin(run, trigger, event, { ...how, queued: true });
    segment.tell({ type: 'cancelled', at: this.session.now(), reason });
    await segment.advance();
  }

  /** A contact must not be in one session twice: the fork takes it over, or is over itself before its first step. */
  private async readFork(
    start: StartLetter,
    { replace, ...fork }: StartLetter['fork'] & object,
    graph: LiveRun['graph'],
  ): Promise<void> {
    const run = LiveRun.born(start, graph);
    const begun = this.begin(run, start.trigger, start.event, { fork });
    const holders = successors(run, this.alive());
    const ids = holders.map(({ state }) => state.id);
    const replaced = replace ? this.cancel(this.aliveAmong(ids), 'replaced') : [];
    if (!replace && holders.length > 0) begun.tell({ type: 'cancelled', at: this.session.now(), reason: 'session' });
    return advanceAll([...replaced, begun]);
  }

  private cancel(runs: LiveRun[], reason: string): Segment[] {
    return runs.map((run) => {
      const segment = this.segment(run);
      segment.tellWithContext({ type: 'cancelled', at: this.session.now(), reason });
      return segment;
    });
  }

  private begin(run: LiveRun, trigger: string, event: JsonObject, how: Begun): Segment {
    const isSilenced = this.hold.isOn;
    this.session.runs.push(run);
    const started: ExecutionEvent = {
      type: 'started',
      at: this.session.now(),
      executionId: run.executionId,
      trigger,
      event,
      context: this.session.context(),
      ...how,
      ...(isSilenced ? { silenced: true } : {}),
    };
    const segment = this.segment(run);
    segment.tell(started);
    return segment;
  }

  /** A letter for a run that has ended meanwhile has nobody to go to; the run's history is closed. */
  private async give(executionId: string, event: ExecutionEvent): Promise<void> {
    const run = this.alive().find((candidate) => candidate.executionId === executionId);
    if (run !== undefined) await this.segment(run).applyWithContext(event);
  }

  private aliveAmong(ids: readonly string[]): LiveRun[] {
    return this.alive().filter(({ executionId }) => ids.includes(executionId));
  }

  private alive(): LiveRun[] {
    return this.session.runs.filter((run) => !run.hasEnded);
  }
}

/**
 * What one letter means for several runs. All of them were told before: a commit on the way of one, as before a call that
 * undoes a step, counts the letter as read, so it must hold what the letter means for the others too.
 */
async function advanceAll(segments: Segment[]): Promise<void> {
  for (const segment of segments) await segment.advance();
}

/** How a run was called, where another one has called it. */
function calledBy({ caller, depth, byStatus }: StartLetter): Pick<Begun, 'caller' | 'depth' | 'byStatus'> {
  return {
    ...(caller === undefined ? {} : { caller }),
    ...(depth === undefined ? {} : { depth }),
    ...(byStatus === undefined ? {} : { byStatus }),
  };
}
