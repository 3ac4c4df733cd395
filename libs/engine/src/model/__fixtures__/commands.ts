import type { MessageStatus, Order } from '@workflows/core';
import type { BellName } from '@workflows/ports';
import fc from 'fast-check';
import type { Halt } from './engine-process.js';
import { checkNow } from './invariants.js';
import type { Answer } from './provider.js';
import type { Stage } from './stage.js';
import { CONSENT_WORDS } from './invariants.js';
import { KEYWORDS } from './workflows.js';

/** One thing that happens, and what it is called in a counterexample. */
export type Happening = fc.AsyncCommand<object, Stage, true>;

class Command implements Happening {
  constructor(
    private readonly words: string,
    private readonly act: (stage: Stage) => Promise<void> | void,
  ) {}

  check(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async run(_model: object, stage: Stage): Promise<void> {
    await this.act(stage);
    checkNow(stage);
  }

  toString(): string {
    return this.words;
  }
}

export const says = (contact: string, text: string): Command =>
  new Command(`${contact} says "${text}"`, (stage) => stage.say(contact, text));

/** A worker takes it in, and begins with it directly. */
export const tells = (contact: string, text: string, worker: number, halt: Halt | null): Command =>
  new Command(`${contact} says "${text}" to worker ${worker}${haltInWords(halt)}`, (stage) =>
    stage.say(contact, text, undefined, worker, halt),
  );

export const taps = (contact: string, option: string): Command =>
  new Command(`${contact} taps "${option}"`, (stage) => stage.say(contact, option, option));

export const repeats = (place: number): Command =>
  new Command(`the provider delivers message ${place} again`, async (stage) => {
    const said = stage.said[place % Math.max(1, stage.said.length)];
    if (said !== undefined) await stage.hear(said, null, null);
  });

export const works = (worker: number, bell: BellName, halt: Halt | null = null): Command =>
  new Command(`worker ${worker} answers ${bell}${haltInWords(halt)}`, (stage) => stage.work(worker, bell, halt));

const haltInWords = (halt: Halt | null): string =>
  halt === null ? '' : `, which ${halt.how} ${halt.when} its call ${halt.call}`;

export const thaws = (): Command => new Command('frozen workers go on', (stage) => stage.thawAll());

export const passes = (seconds: number): Command => new Command(`${seconds} s pass`, (stage) => stage.pass(seconds * 1_000));

export const sweeps = (): Command => new Command('the sweeper sweeps', (stage) => stage.sweep());

export const orders = (place: number, order: Order): Command =>
  new Command(`an operator orders run ${place} to ${order.type}`, (stage) => stage.order(place, order));

export const publishes = (): Command => new Command('another version of the order is published', (stage) => stage.publish());

export const migrates = (place: number): Command =>
  new Command(`order ${place} is moved to the other version`, (stage) => stage.migrate(place));

export const answers = (answer: Answer): Command =>
  new Command(`the next call of the world is ${answer}`, (stage) => void stage.world.answers.push(answer));

export const receipts = (place: number, status: MessageStatus, referenced: boolean): Command =>
  new Command(`the provider reports message ${place} as ${status}${referenced ? '' : ', by its own id'}`, (stage) =>
    stage.receive(place, status, referenced),
  );

const contact = fc.constantFrom('Ana', 'Bo');
const worker = fc.constantFrom(0, 1);
const bell = fc.constantFrom<BellName>('advance', 'advance', 'outbound', 'outbound', 'events');
const halt: fc.Arbitrary<Halt> = fc.record({
  call: fc.integer({ min: 1, max: 8 }),
  when: fc.constantFrom('before', 'after'),
  how: fc.constantFrom('dies', 'freezes'),
});
const order = fc.constantFrom<Order>(
  { type: 'pause' },
  { type: 'resume' },
  { type: 'resume' },
  { type: 'retry' },
  { type: 'retry', from: 'room' },
  { type: 'skip', node: 'place' },
  { type: 'skip', node: 'think' },
  { type: 'skip', node: 'size', port: 'exhausted' },
  { type: 'cancel', reason: 'test' },
);

/** Up to `most` things in a row, the likely ones more often. Ends of processes are rare, so that some way is made before. */
export const happenings = (most: number): fc.Arbitrary<Iterable<Happening>> =>
  fc.commands<object, Stage, true>(
    [
      fc.tuple(contact, fc.constantFrom(...KEYWORDS)).map(([who, text]) => says(who, text)),
      fc.tuple(contact, fc.constantFrom('hello', 'hello', ...CONSENT_WORDS)).map(([who, text]) => says(who, text)),
      fc.tuple(contact, fc.constantFrom('small', 'large')).map(([who, option]) => taps(who, option)),
      fc
        .tuple(contact, fc.constantFrom(...KEYWORDS, 'hello'), worker, fc.option(halt))
        .map(([who, text, which, how]) => tells(who, text, which, how)),
      fc.nat(9).map(repeats),
      fc.tuple(worker, bell).map(([which, what]) => works(which, what)),
      fc.tuple(worker, bell).map(([which, what]) => works(which, what)),
      fc.tuple(worker, bell).map(([which, what]) => works(which, what)),
      fc.tuple(worker, bell, halt).map(([which, what, how]) => works(which, what, how)),
      fc.constant(thaws()),
      fc.constantFrom(1, 12, 31, 95, 1_801, 7_201).map(passes),
      fc.constant(sweeps()),
      fc.tuple(fc.nat(5), order).map(([place, what]) => orders(place, what)),
      fc.constant(publishes()),
      fc.nat(3).map(migrates),
      fc.constantFrom<Answer>('lost', 'busy', 'refused').map(answers),
      fc
        .tuple(fc.nat(9), fc.constantFrom<MessageStatus>('sent', 'delivered', 'read', 'failed'), fc.boolean())
        .map(([place, status, referenced]) => receipts(place, status, referenced)),
    ],
    { maxCommands: most, size: 'max' },
  );
