import { setTimeout as pause } from 'node:timers/promises';
import { Program } from '../ground/program.js';
import { Deployment, type Hook, type Shape } from '../ground/deployment.js';
import type { Servers } from '../ground/servers.js';
import { Sink } from '../load/sink.js';
import { Webhooks } from '../load/webhooks.js';
import { cpuSeconds, cpuSecondsOfFamily, residentMegabytes } from '../measure/cpu.js';
import { databaseCounters } from '../measure/database-counters.js';
import { percentiles } from '../measure/latencies.js';
import type { WorkResult } from '../result.js';
import { w5 } from './w5.workflow.js';

export type Load = { kind: 'closed'; slots: number; forMs: number } | { kind: 'open'; perSecond: number; forMs: number };

/** How long the last runs of a measurement may take after its last request. */
const DRAIN_MS = 60_000;
/** Requests before the clock runs: code is compiled, connections are open, caches are warm. */
const WARM_UP = 2_000;

/** Measures W5 on the product, over servers that may already hold runs of an earlier work. */
export async function measureW5(
  servers: Servers,
  options: { work: string; what: string; shape: Shape; load: Load; tenants?: number; nodeOptions?: readonly string[] },
): Promise<WorkResult> {
  const sink = await Sink.start();
  const deployment = await Deployment.start(servers, options.shape, sink.host, options.nodeOptions);
  try {
    const hooks: Hook[] = [];
    for (let n = 0; n < (options.tenants ?? 1); n += 1) {
      hooks.push((await deployment.tenant(`${options.work}-${n}`, w5(`${sink.url}/send`))).hook);
    }
    return await measure(servers, sink, hooks, deployment.pids, options);
  } finally {
    await deployment.stop();
    await sink.stop();
  }
}

/** The same load on the program that does the work of W5 with bare BullMQ. */
export async function measureBullmq(
  servers: Servers,
  options: { work: string; what: string; jobs: number; load: Load },
): Promise<WorkResult | null> {
  if (servers.redis === null) return null;
  const sink = await Sink.start();
  const program = await Program.start('dist/bench/calibration/one-job.main.js', {
    REDIS_URL: servers.redis.url,
    DATABASE_URL: servers.postgres.adminUrl,
    SINK_URL: `${sink.url}/send`,
    JOBS: String(options.jobs),
  });
  try {
    return await measure(servers, sink, [{ url: program.url, secret: 'none' }], [program.pid], options);
  } finally {
    await program.stop();
    await sink.stop();
  }
}

async function measure(
  servers: Servers,
  sink: Sink,
  hooks: readonly Hook[],
  pids: readonly number[],
  { work, what, load }: { work: string; what: string; load: Load },
): Promise<WorkResult> {
  const webhooks = new Webhooks(hooks, load.kind === 'closed' ? load.slots : 256);
  try {
    await webhooks.closedLoop(50, 20_000, WARM_UP);
    await drained(sink, webhooks.sent.accepted);
    webhooks.forget();
    await sink.forget();

    const [before, usedBefore] = [await databaseCounters(servers.admin), used(pids, servers)];
    let residentMb = 0;
    const watch = setInterval(() => (residentMb = Math.max(residentMb, ...pids.map(residentMegabytes))), 250);
    const start = performance.now();
    if (load.kind === 'closed') await webhooks.closedLoop(load.slots, load.forMs);
    else await webhooks.openLoop(load.perSecond, load.forMs);
    const runs = webhooks.sent.accepted;
    const complete = await drained(sink, runs);
    const seconds = (performance.now() - start) / 1000;
    clearInterval(watch);
    const [after, usedAfter] = [await databaseCounters(servers.admin), used(pids, servers)];
    const received = await sink.received();

    const perThousand = (amount: number): number => round((amount * 1000) / Math.max(1, runs), 3);
    const remarks = [
      ...Object.entries(webhooks.sent.refused).map(([answer, times]) => `${times} requests were answered by ${answer}`),
      ...(complete ? [] : [`${runs - received.runs} runs had not called after ${DRAIN_MS} ms`]),
      ...(received.twice > 0 ? [`${received.twice} runs called twice`] : []),
    ];
    return {
      work,
      what,
      durability: await servers.durability(),
      runs,
      runsPerSecond: Math.round(runs / seconds),
      ackMs: percentiles(webhooks.sent.acks),
      sinkMs: percentiles(received.delays),
      cpu: {
        node: perThousand(usedAfter.node - usedBefore.node),
        postgres: perThousand(usedAfter.postgres - usedBefore.postgres),
      },
      commitsPerRun: round((after.commits - before.commits) / Math.max(1, runs), 2),
      residentMb: Math.round(residentMb),
      ...(remarks.length > 0 ? { remarks } : {}),
    };
  } finally {
    await webhooks.close();
  }
}

/** True when the sink got the calls of so many runs in time. */
async function drained(sink: Sink, runs: number): Promise<boolean> {
  for (const deadline = performance.now() + DRAIN_MS; performance.now() < deadline; await pause(10)) {
    if ((await sink.count()) >= runs) return true;
  }
  return false;
}

function used(pids: readonly number[], servers: Servers): { node: number; postgres: number } {
  return {
    node: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    postgres: cpuSecondsOfFamily(servers.postgres.pid),
  };
}

export function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
