import { canonicalJson, type ExecutionEvent, type ExecutionState, nextDue, stateJson, transition } from '@workflows/core';
import { EffectReference } from '../../outbound/effect-reference.js';
import { OPTIONS } from './engine-process.js';
import type { Post } from './provider.js';
import { graphOf, type Stage, versionIdOf } from './stage.js';
import type { EffectRow, ExecutionRow, Tables } from './tables.js';
import { KEYWORDS } from './workflows.js';

const references = new EffectReference(OPTIONS);

/** Words with which the contacts of the model opt out and in again. */
export const CONSENT_WORDS = ['stop', 'start'];

/** What must hold whenever nothing is under way, between any two things that happen. */
export function checkNow({ tables, world }: Stage): void {
  // A worker catches what is thrown in its midst.
  if (world.broken !== null) throw new Broken(world.broken);
  const live = [...tables.executions.values()].filter(({ endedAt }) => endedAt === null);
  for (const run of live) {
    const twin = live.find(
      (other) =>
        other.id < run.id && other.mailboxId === run.mailboxId && other.workflowId === run.workflowId && !isEnding(other),
    );
    expectThat(twin === undefined || isEnding(run), () => `two runs of ${run.workflowId} live in one session`);
    checkOwnsItsNext(tables, run);
  }
}

const isEnding = ({ state }: ExecutionRow): boolean => state.ending !== undefined;

/** No run is stuck: something that is sure to come will look at it in time, and what it waits for can still come. */
function checkOwnsItsNext(tables: Tables, run: ExecutionRow): void {
  const box = tables.mailbox(run.mailboxId);
  const due = nextDue(run.state);
  expectThat(
    box.readyAt !== null || (box.wakeAt !== null && (box.leaseUntil !== null || (due !== null && box.wakeAt <= Date.parse(due)))),
    () => `nothing will ever wake the run ${nameOf(run)}`,
  );
  if (box.leaseUntil !== null) return;
  const unread = box.letters.slice(box.consumed);
  for (const { phase } of run.state.tokens) {
    for (const seq of phase.kind === 'waiting' ? phase.pendingEffects : []) {
      const isTold = unread.some(
        (letter) => letter.kind === 'effect' && letter.body.executionId === run.id && letter.body.seq === seq,
      );
      const row = tables.effect(run.id, seq);
      const isHeld = (run.state.held ?? []).some((event) => event.type === 'effect' && event.seq === seq);
      expectThat(
        isTold || isHeld || (row !== undefined && canTell(row)),
        () => `run ${nameOf(run)} waits for effect ${seq}, which has ended`,
      );
    }
  }
}

/** May this message still have something to say to its run? */
function canTell({ state, effect }: EffectRow): boolean {
  if (['intent', 'sending', 'unknown'].includes(state)) return true;
  return effect.kind === 'message' && (effect.notify === 'failure' || (effect.notify === 'delivered' && state === 'sent'));
}

/** What must hold at the very moment at which a message reaches the provider. */
export function checkPost(stage: Stage, post: Post): void {
  const { tables, world } = stage;
  const reference = references.read(post.effectRef);
  const row = reference === null ? undefined : tables.effect(reference.executionId, reference.seq);
  if (row?.effect.kind !== 'message') throw new Broken(`"${post.text}" was sent, and nobody has decided on it`);
  const name = `"${post.text}"`;
  const before = world.posts.filter(({ effectRef }) => effectRef === post.effectRef);
  for (const earlier of before) {
    const wasUnknown = post.at >= earlier.at + OPTIONS.unknownSendWaitMs && row.effect.onUnknown === 'resend';
    expectThat(
      earlier.answer === 'busy' || wasUnknown,
      () => `${name} was sent twice, though the first time was answered ${earlier.answer}`,
    );
    expectThat(row.receipt === null, () => `${name} was sent again after a receipt had settled it`);
  }
  const [first] = tables.unsettled(row.mailboxId);
  expectThat(first === undefined || first.position >= row.position, () => `${name} has overtaken a message of the same contact`);
  const contact = tables.contacts.get(row.mailboxId);
  const run = tables.executions.get(row.executionId);
  if (run === undefined) return; // The engine's own word, which may always be said.
  const isUnwanted =
    contact?.optedOut === true && row.begunTick > contact.optedOutTick && Date.parse(run.state.startedAt) <= contact.optedOutAt!;
  expectThat(!isUnwanted, () => `${name} was sent to a contact who had opted out`);
  const isCancelled = run.state.status === 'cancelled' && row.begunTick > run.endedTick;
  expectThat(!isCancelled, () => `${name} was sent by a run that had been cancelled`);
}

/** What must hold when everything has come to rest. */
export function checkEnd({ tables, world, said }: Stage): void {
  if (world.broken !== null) throw new Broken(world.broken);
  const runs = [...tables.executions.values()];
  for (const run of runs) {
    expectThat(run.endedAt !== null, () => `run ${nameOf(run)} has never ended`);
    checkReplay(tables, run);
  }
  for (const box of tables.mailboxes.values()) expectThat(box.consumed === box.letters.length, () => 'a letter was never read');
  const sent = new Set(world.posts.map(({ effectRef }) => keyOf(references.read(effectRef))));
  for (const row of tables.effects) {
    const isOpen = ['intent', 'sending', 'unknown'].includes(row.state) && row.effect.kind === 'message';
    expectThat(!isOpen, () => `effect ${row.seq} of run ${row.executionId} was left in state ${row.state}`);
    const isUnsent = row.state === 'sent' && row.effect.kind === 'message' && !sent.has(keyOf(row));
    expectThat(!isUnsent, () => `effect ${row.seq} of run ${row.executionId} counts as sent, and nobody has sent it`);
  }
  for (const { message } of said) {
    const times = runs.flatMap(({ history }) => history.flat()).filter((event) => isAbout(event, message.id)).length;
    expectThat(times <= 1, () => `"${message.text}" was read ${times} times`);
    // Every word that starts something belongs to a run, whether it starts one or somebody listens.
    if (KEYWORDS.includes(message.text)) expectThat(times === 1, () => `"${message.text}" was read by nobody`);
    if (CONSENT_WORDS.includes(message.text) && message.text === 'stop')
      expectThat(times === 0, () => 'a word of opt-out was taken for an answer');
  }
  const unsafe = world.calls.filter(({ method, answer }) => method === 'POST' && answer !== 'busy').map(({ url }) => url);
  expectThat(new Set(unsafe).size === unsafe.length, () => 'a call that must not be repeated was repeated');
}

const keyOf = (effect: { executionId: string; seq: number } | null): string => `${effect?.executionId} ${effect?.seq}`;

function isAbout(event: ExecutionEvent, id: string): boolean {
  return (event.type === 'started' || event.type === 'message') && event.message?.id === id;
}

/** The history leads to the stored state, and the journal holds what it has decided on: nothing else, nothing less. */
function checkReplay(tables: Tables, run: ExecutionRow): void {
  let state: ExecutionState | null = null;
  const decided: number[] = [];
  const events = run.history.flat();
  const moves = events.flatMap((event) => (event.type === 'migrated' ? [event] : []));
  // A run begins on the version that its first move has left.
  let version = moves[0] === undefined ? run.versionId : versionIdOf(run.workflowId, moves[0].from);
  for (const event of events) {
    if (event.type === 'migrated') version = event.versionId;
    const next = transition(graphOf(version), state, event);
    state = next.state;
    for (const command of next.commands)
      if (command.type === 'effect' && isJournalled(command.effect.kind)) decided.push(command.seq);
  }
  expectThat(version === run.versionId, () => `run ${nameOf(run)} is on another version than its history says`);
  expectThat(
    state !== null && canonicalJson(stateJson(state)) === canonicalJson(stateJson(run.state)),
    () => `the history of run ${nameOf(run)} leads to another state`,
  );
  const journalled = tables.effects
    .filter((row) => row.executionId === run.id && isJournalled(row.effect.kind))
    .map(({ seq }) => seq);
  expectThat(
    String(journalled) === String(decided),
    () => `run ${nameOf(run)} decided on effects ${decided}, the journal has ${journalled}`,
  );
}

/** Always written with the event that has decided on it; a call is not when its branch was closed before it began. */
const isJournalled = (kind: string): boolean => kind === 'message' || kind === 'write';

const nameOf = ({ workflowId, state }: ExecutionRow): string => `${workflowId} (${state.status})`;

/** An invariant does not hold. */
export class Broken extends Error {}

function expectThat(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}
