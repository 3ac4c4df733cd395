import { loadGraph, type InboundMessage, type JsonObject, type MessageStatus, type Order } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import type { BellName, WorkflowVersionRecord } from '@workflows/ports';
import { InboundStore, ReceiptStore, SweepStore } from '@workflows/storage';
import { ExecutionOrders } from '../../orders/execution-orders.js';
import { EffectReference } from '../../outbound/effect-reference.js';
import { EngineProcess, type Halt, OPTIONS } from './engine-process.js';
import { ModelDatabase } from './model-database.js';
import { World } from './provider.js';
import { CONNECTION, derivedId, Tables, TENANT } from './tables.js';
import { seal } from './wire.js';
import { NEW_ORDER, WORKFLOWS } from './workflows.js';

export interface Said {
  message: InboundMessage;
  from: string;
}

const BELLS: BellName[] = ['advance', 'outbound', 'events'];

/** Longer than all that the workflows wait for, one after the other. */
const ROUNDS_TO_REST = 400;

/**
 * Two workers and a door over one model database, the world around them, and a clock for all. One after the other,
 * interleavings are played on it: `clear` begins a new one.
 */
export class Stage {
  readonly database = new ModelDatabase();
  world = new World();
  /** What contacts have said, as the provider's webhooks brought it: the reference for what must have been read. */
  said: Said[] = [];
  /** Those that work, and can come to a halt. */
  workers: EngineProcess[] = [];
  /** Takes what comes from outside. */
  private door!: EngineProcess;
  private readonly realNow = performance.now.bind(performance);
  /** Monotonic, over all interleavings. */
  private uptime = 1_000_000;
  private published = 1;
  private hasPublished = false;
  private migrations = 0;

  static async set(): Promise<Stage> {
    const stage = new Stage();
    performance.now = () => stage.uptime;
    const start = (role: 'worker' | 'api') => EngineProcess.start(role, stage.database, () => stage.world);
    stage.workers = [await start('worker'), await start('worker')];
    stage.door = await start('api');
    return stage;
  }

  async strike(): Promise<void> {
    for (const process of [...this.workers, this.door]) await process.stop();
    performance.now = this.realNow;
  }

  async clear(): Promise<void> {
    await this.thawAll();
    this.database.tables = new Tables();
    this.world = new World();
    this.world.now = () => this.tables.now;
    this.said = [];
    // As in production, what a process knows of the published versions holds until another one is published.
    if (this.hasPublished) this.published += 1;
    this.hasPublished = false;
    this.tables.versions = [...FIRST_VERSIONS];
    this.tables.revision = this.published;
  }

  get tables(): Tables {
    return this.database.tables;
  }

  pass(ms: number): void {
    this.uptime += ms;
    this.tables.now += ms;
  }

  /**
   * A webhook of the provider, which comes again when it is not answered. A worker that takes it may begin with it at once,
   * past the bell.
   */
  async hear(said: Said, worker: number | null, halt: Halt | null): Promise<void> {
    const { message, from } = said;
    const aliases = [{ kind: 'wa_id' as const, value: from }];
    const dedupe = `${CONNECTION}:${message.id}`;
    const item = { kind: 'message' as const, tenantId: TENANT, connectionId: CONNECTION, dedupe, aliases, message };
    const taker = worker === null ? undefined : this.workers[worker];
    const webhook = { isAnswered: false };
    await taker?.during(halt, async () => {
      await taker.get(InboundStore).accept([item]);
      webhook.isAnswered = true;
    });
    if (!webhook.isAnswered) await this.door.get(InboundStore).accept([item]);
    if (!this.said.includes(said)) this.said.push(said);
  }

  async say(from: string, text: string, option?: string, worker: number | null = null, halt: Halt | null = null): Promise<void> {
    const at = new Date(this.tables.now).toISOString();
    const tap =
      option === undefined ? { kind: 'text' as const } : { kind: 'option' as const, option: { id: option, title: text } };
    await this.hear({ from, message: { id: `in.${this.said.length + 1}`, at, text, ...tap } }, worker, halt);
  }

  /** The provider tells of a message; by its reference, or only by its own id. */
  async receive(place: number, status: MessageStatus, referenced: boolean): Promise<void> {
    const posts = this.world.posts.filter(({ answer }) => answer === 'accepted' || answer === 'lost');
    const post = posts[place % posts.length];
    if (post === undefined) return;
    const reference = this.door.get(EffectReference).read(post.effectRef);
    if (reference === null) throw new Error('A message was sent under a reference that is not ours.');
    const effect = referenced ? { effect: { executionId: reference.executionId, seq: reference.seq } } : {};
    const at = new Date(this.tables.now).toISOString();
    await this.door
      .get(ReceiptStore)
      .record([{ tenantId: TENANT, connectionId: CONNECTION, providerId: post.providerId, status, at, ...effect }]);
  }

  async order(place: number, order: Order): Promise<void> {
    const runs = [...this.tables.executions.keys()];
    const executionId = runs[place % runs.length];
    if (executionId === undefined) return;
    await this.door.get(ExecutionOrders).place({ tenantId: TENANT, executionId, by: 'operator' }, order);
  }

  /** A new version of the order, or the first one again. */
  publish(): void {
    const [current] = this.tables.versions.filter(({ workflowId }) => workflowId === NEW_ORDER.id).slice(-1);
    const first = this.tables.versions[0];
    if (first === undefined) return;
    this.tables.versions.push(current?.version === NEW_ORDER['version'] ? first : NEW_VERSION);
    this.published += 1;
    this.hasPublished = true;
    this.tables.revision = this.published;
  }

  /** A run of the order, whatever has become of it, is told to move to the other version; again and again, back and forth. */
  migrate(place: number): void {
    const runs = [...this.tables.executions.values()].filter(({ workflowId }) => workflowId === NEW_ORDER.id);
    const run = runs[place % runs.length];
    const from = ORDERS.find(({ id }) => id === run?.versionId);
    const to = ORDERS.find((version) => version !== from);
    if (run === undefined || from === undefined || to === undefined) return;
    this.migrations += 1;
    const migration = derivedId(`migration ${this.migrations}`);
    const body = { executionId: run.id, migration, from: from.version, to: to.version, versionId: to.id };
    const mapping = { nodes: {}, vars: {} };
    this.tables.post(run.mailboxId, `migrate:${migration}`, { kind: 'migrate', body: { ...body, mapping, restore: null } });
  }

  async sweep(): Promise<void> {
    await this.door.get(SweepStore).sweep(500, OPTIONS.unknownSendWaitMs);
  }

  async work(worker: number, bell: BellName, halt: Halt | null): Promise<void> {
    await this.workers[worker]?.answer(bell, halt);
  }

  async thawAll(): Promise<void> {
    for (const worker of this.workers) await worker.thaw();
  }

  /** Nobody disturbs the engine any more: whatever is due is done, until nothing is ever due again. */
  async rest(): Promise<void> {
    await this.thawAll();
    this.world.answers = [];
    for (let round = 0; round < ROUNDS_TO_REST; round += 1) {
      for (const bell of BELLS) if (this.isReady(bell)) await this.work(round % 2, bell, null);
      await this.sweep();
      if (this.world.broken !== null) return;
      if (BELLS.some((bell) => this.isReady(bell))) continue;
      const next = this.nextDue();
      if (next === Infinity) return;
      this.pass(Math.max(0, next - this.tables.now));
    }
    throw new Error('The engine does not come to rest: something is due again and again.');
  }

  /** Would whoever answers this bell find something? */
  private isReady(bell: BellName): boolean {
    const { mailboxes, outboxes, events, now } = this.tables;
    if (bell === 'events') return events.some((row) => !row.dispatched && row.dueAt <= now);
    return [...(bell === 'advance' ? mailboxes : outboxes).values()].some(({ readyAt }) => readyAt !== null);
  }

  private nextDue(): number {
    const { mailboxes, outboxes, events, effects } = this.tables;
    return Math.min(
      ...[...mailboxes.values(), ...outboxes.values()].map(({ wakeAt }) => wakeAt ?? Infinity),
      ...events.filter(({ dispatched }) => !dispatched).map(({ dueAt }) => dueAt),
      ...effects
        .filter(({ effect, state, resend }) => effect.kind === 'message' && state === 'unknown' && !resend)
        .map(({ changedAt }) => changedAt + OPTIONS.unknownSendWaitMs),
    );
  }
}

const FIRST_VERSIONS = WORKFLOWS.map(versionOf);
const NEW_VERSION = versionOf(NEW_ORDER);
const ORDERS = [...FIRST_VERSIONS.filter(({ workflowId }) => workflowId === NEW_ORDER.id), NEW_VERSION];

function versionOf(definition: JsonObject & { id: string }): WorkflowVersionRecord {
  const version = Number(definition['version']);
  return seal({
    id: versionIdOf(definition.id, version),
    workflowId: definition.id,
    version,
    hash: String(version),
    definition,
    schemas: {},
    publishedAt: '2026-03-02T00:00:00.000Z',
    publishedBy: 'model',
  });
}

/** The id of a version by its number. */
export function versionIdOf(workflowId: string, version: number): string {
  return derivedId(`${workflowId}@${version}`);
}

const graphs = new Map<string, ReturnType<typeof loadGraph>>();

/** The graph of a version, as a replay needs it. */
export function graphOf(versionId: string): ReturnType<typeof loadGraph> {
  const known = graphs.get(versionId);
  if (known !== undefined) return known;
  const definition = [...FIRST_VERSIONS, NEW_VERSION].find(({ id }) => id === versionId)?.definition;
  if (definition === undefined) throw new Error(`There is no version ${versionId}.`);
  const graph = loadGraph(definition, { nodeTypes: NODE_SPECS });
  graphs.set(versionId, graph);
  return graph;
}
