import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { WhatsAppChannel } from '@workflows/channels';
import { type BellName, Database, type DatabaseArguments, DatabaseUnavailable, Doorbell } from '@workflows/ports';
import { ChannelRegistry } from '../../channels/channel.registry.js';
import { DEFAULT_ENGINE_OPTIONS } from '../../engine-options.js';
import { EventDispatcher } from '../../events/event-dispatcher.js';
import { AdvanceProcessor } from '../../executions/advance.processor.js';
import { LeaseKeeper } from '../../executions/lease-keeper.js';
import { NodeRegistry } from '../../nodes/node.registry.js';
import { OutboundProcessor } from '../../outbound/outbound.processor.js';
import { KeyRing, SecretBox } from '../../secrets/index.js';
import { WorkflowsModule } from '../../workflows.module.js';
import type { ModelDatabase } from './model-database.js';
import { type Gate, ModelChannel, ModelEgress, type World } from './provider.js';

export const OPTIONS = {
  ...DEFAULT_ENGINE_OPTIONS,
  sendsPerSecond: Infinity,
  effectReferenceKey: Buffer.alloc(32, 1),
};

/** Where a process comes to a halt: around its n-th call of the database, the provider or a service, counted from now. */
export interface Halt {
  call: number;
  when: 'before' | 'after';
  how: 'dies' | 'freezes';
}

type State = 'awake' | 'frozen' | 'dead';

/**
 * One process of the engine, with its real parts. It can die around any call that it makes, or freeze and go on much
 * later, when others have taken over; in between nothing of it runs.
 */
export class EngineProcess {
  private readonly answers = new Map<BellName, () => Promise<void>>();
  private halt: (Halt & { made: number }) | null = null;
  private state: State = 'awake';
  private thawing: Array<() => void> = [];
  private module!: TestingModule;

  private constructor(
    private readonly database: ModelDatabase,
    private readonly world: () => World,
  ) {}

  static async start(role: 'worker' | 'api', database: ModelDatabase, world: () => World): Promise<EngineProcess> {
    const process = new EngineProcess(database, world);
    await process.boot(role);
    return process;
  }

  get<Part>(part: abstract new (...args: never[]) => Part): Part {
    return this.module.get(part);
  }

  /** Answers a bell, as far as the process gets. */
  answer(bell: BellName, halt: Halt | null): Promise<void> {
    return this.during(halt, async () => this.answers.get(bell)?.());
  }

  /** Has the process do something, and whatever follows from it, unless it comes to a halt. A frozen one does nothing. */
  async during(halt: Halt | null, work: () => Promise<unknown>): Promise<void> {
    if (this.state !== 'awake') return;
    this.halt = halt && { ...halt, made: 0 };
    // Whoever asked a process that dies is told nothing.
    work().catch(() => undefined);
    await idle();
    this.halt = null;
    this.succeed();
  }

  /** Another one takes the place of a process that has died; all that it knew was in its memory. */
  private succeed(): void {
    if (this.state === 'dead') this.state = 'awake';
  }

  async thaw(): Promise<void> {
    this.state = 'awake';
    for (const go of this.thawing.splice(0)) go();
    await idle();
  }

  async stop(): Promise<void> {
    await this.module.close();
  }

  private readonly gate: Gate = async (_what, act) => {
    if (this.halt !== null) this.halt.made += 1;
    await this.pass('before');
    const result = await act();
    await this.pass('after');
    return result;
  };

  private async pass(when: Halt['when']): Promise<void> {
    if (this.halt !== null && this.halt.made === this.halt.call && this.halt.when === when) {
      this.state = this.halt.how === 'dies' ? 'dead' : 'frozen';
      this.halt = null;
    }
    if (this.state === 'dead') throw new DatabaseUnavailable('This process is dead.');
    if (this.state === 'frozen') await new Promise<void>((resolve) => this.thawing.push(resolve));
  }

  private async boot(role: 'worker' | 'api'): Promise<void> {
    const { gate, answers } = this;
    this.module = await Test.createTestingModule({
      imports: [
        WorkflowsModule.forRoot({
          engine: OPTIONS,
          database: new GatedDatabase(this.database, gate),
          doorbell: new ListeningDoorbell(answers),
          egress: new ModelEgress(gate, this.world),
          secrets: new SecretBox(KeyRing.parse(Buffer.alloc(32, 1).toString('base64'))),
          webhookSecrets: () => ({ appSecrets: [], verifyToken: '' }),
        }),
      ],
    })
      .overrideProvider(WhatsAppChannel)
      .useValue(new ModelChannel(gate, this.world))
      .compile();
    // Processes die here by the thousand, and each would write down why.
    Logger.overrideLogger(false);
    this.get(NodeRegistry).onModuleInit();
    this.get(ChannelRegistry).onModuleInit();
    // On a clock that stands still nobody prolongs a lease.
    this.get(LeaseKeeper).onApplicationShutdown();
    if (role === 'api') return;
    await this.get(AdvanceProcessor).start();
    await this.get(OutboundProcessor).start();
    await this.get(EventDispatcher).start();
  }
}

/** Everything goes on by promises alone, so by the next turn of the loop a process has come as far as it gets. */
const idle = (): Promise<void> => nextTurn();

class GatedDatabase extends Database {
  constructor(
    private readonly database: ModelDatabase,
    private readonly gate: Gate,
  ) {
    super();
  }

  override call<Result>(name: string, args?: DatabaseArguments): Promise<Result> {
    return this.gate(name, () => this.database.call<Result>(name, args));
  }

  override callAsTenant<Result>(tenantId: string, name: string, args?: DatabaseArguments): Promise<Result> {
    return this.gate(name, () => this.database.callAsTenant<Result>(tenantId, name, args));
  }

  override callAsOperator<Result>(name: string): Promise<Result> {
    return this.database.callAsOperator(name);
  }

  override ping(): Promise<void> {
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Rings are of no consequence here: whoever is told to answer does, and nobody else. */
class ListeningDoorbell extends Doorbell {
  constructor(private readonly answers: Map<BellName, () => Promise<void>>) {
    super();
  }

  override ring(): void {}

  override knock(): void {}

  override listen(bell: BellName, answer: () => Promise<void>): Promise<void> {
    this.answers.set(bell, answer);
    return Promise.resolve();
  }

  override roundTrip(): Promise<void> {
    return Promise.resolve();
  }

  override isConnected(): Promise<boolean> {
    return Promise.resolve(true);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
