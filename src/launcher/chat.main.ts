import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { EmulatorClient, type LedgerEntry, type Tappable } from '@workflows/emulator';
import { withEngine } from './running-engine.js';

/** How long the last answers are waited for when the input has ended, as it does when it is a pipe. */
const QUIET_MS = 5000;

/** `npm run chat`: you are the customer. */
export async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await withEngine('lead-form', say, (run) => chat(new EmulatorClient(run.emulatorUrl), say));
  process.exit(0);
}

async function chat(emulator: EmulatorClient, say: (line: string) => void): Promise<void> {
  const customer = `551198${String(randomInt(10_000_000)).padStart(7, '0')}`;
  const [number] = await emulator.numbers();
  if (!number) throw new Error('The emulator has no number. Start the engine by npm start, which registers one.');
  const screen = new Screen(say);
  const after = (await emulator.messages()).at(-1)?.seq ?? 0;
  const ended = new AbortController();
  const listening = listen(emulator, customer, after, screen, ended.signal);

  say(
    `You are +${customer} and write to ${number.displayPhoneNumber}. Begin with "quote"; pick a button by its number; Ctrl-D ends.`,
  );
  for await (const line of createInterface({ input: process.stdin })) {
    const text = line.trim();
    if (text === '') continue;
    const option = screen.optionFor(text);
    const message = option ? { tap: { option: option.id } } : { text };
    await emulator.say(customer, { ...message, phoneNumberId: number.phoneNumberId, name: 'You' });
    // Piped input has no patience of its own.
    if (!process.stdin.isTTY) await screen.nextMessage(QUIET_MS);
  }
  await screen.nextMessage(process.stdin.isTTY ? 0 : QUIET_MS);
  ended.abort();
  await listening;
}

async function listen(
  emulator: EmulatorClient,
  customer: string,
  after: number,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  for await (const entry of emulator.follow({ after, waId: customer }, signal)) screen.show(entry);
}

/** What the customer sees, and which buttons can be picked. */
class Screen {
  private shown = 0;
  private options: Tappable[] = [];

  constructor(private readonly say: (line: string) => void) {}

  show(entry: LedgerEntry): void {
    this.shown += 1;
    this.say(`  Bot: ${entry.text.replaceAll('\n', '\n       ')}`);
    if (entry.options.length > 0) this.options = entry.options;
    entry.options.forEach(({ title }, index) => this.say(`       ${index + 1}) ${title}`));
  }

  /** A number picks from the last buttons; once picked they are gone, because the next number is an answer. */
  optionFor(text: string): Tappable | null {
    const option = /^\d+$/.test(text) ? this.options[Number(text) - 1] : undefined;
    this.options = [];
    return option ?? null;
  }

  async nextMessage(patienceMs: number): Promise<void> {
    const before = this.shown;
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline && this.shown === before;) await pause(20);
  }
}
