import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EmulatorClient, EmulatorServer, type LedgerEntry } from '@workflows/emulator';
import { Crew } from './crew.js';
import { Customers } from './customers.js';
import { Desk } from './desk.js';
import { Draws } from './draws.js';
import type { Fault, Stage } from './fault.js';
import type { Ground } from './ground.js';
import { paceOf } from './pace.js';
import { APP_SECRET, makeTenants, OPERATOR_KEY, VERIFY_TOKEN } from './tenants.js';
import { beginRecording, type Finding, judge, timelineOf, unfinished, unnoticed } from './verdict.js';

export interface Play {
  seed: number;
  /** Played together. */
  faults: readonly Fault[];
  /** How long things go wrong. */
  seconds: number;
  customersPerTenant: number;
  say: (line: string) => void;
}

export interface Played {
  passed: boolean;
  /** Why not, in words; empty when it passed. */
  reasons: string[];
  /** How often each fault struck. */
  struck: Record<string, number>;
  orders: number;
  messages: number;
  calls: number;
  /** From the end of the faults until everything had ended. */
  settleSeconds: number;
  findings: Finding[];
}

/** How long everything may take to end once nothing goes wrong any more. */
const SETTLE_MS = 120_000;

/** Plays the workload while the faults go wrong, waits until all has ended, and judges what is left. */
export async function play(ground: Ground, { seed, faults, seconds, customersPerTenant, say }: Play): Promise<Played> {
  const emulatorServer = new EmulatorServer();
  const desk = new Desk();
  let crew: Crew | null = null;
  try {
    const emulatorUrl = await emulatorServer.start();
    const emulator = new EmulatorClient(emulatorUrl);
    await desk.start();
    await beginRecording(ground.adminUrl);
    say('one api and two workers start');
    crew = await Crew.start(
      {
        NODE_ENV: 'production',
        DATABASE_URL: ground.appUrl,
        ...(ground.redis === null ? {} : { REDIS_URL: ground.redis.url }),
        META_GRAPH_URL: emulatorUrl,
        META_APP_SECRET: APP_SECRET,
        META_VERIFY_TOKEN: VERIFY_TOKEN,
        OPERATOR_API_KEY: OPERATOR_KEY,
        SECRETS_KEY: randomBytes(32).toString('base64'),
        EGRESS_ALLOW_PRIVATE: new URL(desk.url).host,
        ...paceOf(faults.some(({ api }) => api === 'away')),
      },
      (place) => faults.find(({ preload }) => preload !== undefined)?.preload?.(place),
    );
    const tenants = await makeTenants(crew.url, emulator, desk.url);

    const draws = new Draws(seed);
    const customers = new Customers(emulator, draws.of('customers'));
    const over = new AbortController();
    const numbers = tenants.map(({ number }) => number);
    say(
      `${numbers.length * customersPerTenant} customers order for ${seconds} s, while: ${faults.map(({ name }) => name).join(', ')}`,
    );
    const served = customers.play(numbers, customersPerTenant, over.signal);
    const stage: Omit<Stage, 'draws'> = {
      ground,
      crew,
      emulator,
      customers,
      numbers,
      desk,
      say,
      over: over.signal,
      pause: (ms) => pause(ms, undefined, { signal: over.signal }).catch(() => undefined),
    };
    const struck: Record<string, number> = {};
    const reasons: string[] = [];
    const phase = Promise.all(
      faults.map(async (fault) => {
        struck[fault.name] = await fault.play({ ...stage, draws: draws.of(fault.name) }).catch((error: unknown) => {
          reasons.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
          return 0;
        });
      }),
    );
    const progress = setInterval(() => say(`${customers.ordered} orders, ${customers.messages} messages`), 5_000);
    await pause(seconds * 1_000);
    over.abort();
    await phase;
    const quiet = performance.now();
    say('nothing goes wrong any more; what is under way comes to its end');
    const left = await settled(ground, emulator, customers, served);
    clearInterval(progress);
    const settleSeconds = Math.round((performance.now() - quiet) / 100) / 10;
    if (left !== '') reasons.push(`${SETTLE_MS / 1_000} s after the last fault there were still ${left}`);

    for (const post of crew.posts.filter(({ hasEnded }) => hasEnded)) {
      reasons.push(`${post.name} has ended by itself: ${post.log().slice(-1_000)}`);
    }
    await emulator.clearFaults();
    await emulator.idle();
    const ledger = await wholeLedger(emulator);
    const findings = await judge(ground.adminUrl, tenants, customers, desk, ledger);
    if (faults.every(({ api }) => api === undefined)) findings.push(unnoticed(await emulator.webhooks()));
    for (const { invariant, fact, checked, broken, example } of findings) {
      if (broken > 0) {
        const timeline = (await timelineOf(ground.adminUrl, example)).map((line) => `\n           ${line}`).join('');
        reasons.push(`${invariant}, ${fact}: broken by ${broken} of ${checked}, such as ${example}${timeline}`);
      }
      if (checked === 0) reasons.push(`${invariant}, ${fact}: there was nothing to look at, so the run is void`);
    }
    for (const [name, times] of Object.entries(struck)) {
      if (times === 0 && !reasons.some((reason) => reason.startsWith(name)))
        reasons.push(`${name} never struck, so the run is void`);
    }
    const { ordered: orders } = customers;
    const passed = reasons.length === 0;
    if (!passed && process.env['CHAOS_LOGS'] !== undefined) for (const post of crew.posts) say(post.name + ' ' + post.log());
    return { passed, reasons, struck, orders, messages: ledger.length, calls: desk.calls, settleSeconds, findings };
  } finally {
    await crew?.end();
    await desk.stop();
    await emulatorServer.stop();
  }
}

/** Empty when everything has ended in time, or what is left. */
async function settled(ground: Ground, emulator: EmulatorClient, customers: Customers, served: Promise<void>): Promise<string> {
  const deadline = Date.now() + SETTLE_MS;
  const impatient = setTimeout(() => customers.giveUp(), SETTLE_MS);
  await served;
  clearTimeout(impatient);
  await customers.look();
  for (;;) {
    const { pending } = await emulator.idle(1_000);
    const left = [await unfinished(ground.adminUrl), pending > 0 ? `${pending} webhooks on their way` : ''].filter(
      (part) => part !== '',
    );
    if (left.length === 0 || Date.now() > deadline) return left.join(', ');
    await pause(200);
  }
}

async function wholeLedger(emulator: EmulatorClient): Promise<LedgerEntry[]> {
  const whole: LedgerEntry[] = [];
  for (;;) {
    const more = await emulator.messages({ after: whole.length, limit: 10_000 });
    if (more.length === 0) return whole;
    whole.push(...more);
  }
}
