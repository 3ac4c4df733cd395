import type { Servers } from '../ground/servers.js';
import type { WorkResult } from '../result.js';
import { fillHistory } from './history.js';
import { type Load, measureBullmq, measureW5 } from './w5.js';
import { fillWaiting, measureWaits } from './waits.js';

type Work = (servers: Servers) => Promise<WorkResult | null>;

const GROUPS: Record<string, string[]> = {
  w5: ['bullmq-one-job', 'w5', 'w5-postgres-queue'],
  bullmq: ['bullmq-one-job', 'bullmq-five-jobs'],
  open: ['w5-200-a-second', 'w5-200-a-second-apart', 'w5-500-a-second'],
  variants: ['w5', 'w5-200-tenants', 'w5-worker-apart', 'w5-two-workers', 'w5-50000-waiting', 'w5-1000000-history'],
  waits: ['waits'],
  compile: [],
};

/** The works that were asked for, in the order in which they are done: what fills the database comes last. */
export function worksOf(
  names: readonly string[],
  { quick, nodeOptions }: { quick: boolean; nodeOptions: readonly string[] },
): Array<[string, Work]> {
  const closed: Load = { kind: 'closed', slots: 100, forMs: quick ? 4_000 : 15_000 };
  const open = (perSecond: number): Load => ({ kind: 'open', perSecond, forMs: quick ? 4_000 : 15_000 });
  const all = { processes: 'all', queue: 'redis' } as const;
  const works: Record<string, Work> = {
    'bullmq-one-job': (servers) =>
      measureBullmq(servers, { work: 'bullmq-one-job', what: 'Bare BullMQ, the same work in one job', jobs: 1, load: closed }),
    'bullmq-five-jobs': (servers) =>
      measureBullmq(servers, {
        work: 'bullmq-five-jobs',
        what: 'Bare BullMQ, a job for each of the five nodes',
        jobs: 5,
        load: closed,
      }),
    w5: (servers) =>
      measureW5(servers, { work: 'w5', what: 'W5, one process, bell on Redis', shape: all, load: closed, nodeOptions }),
    'w5-postgres-queue': (servers) =>
      measureW5(servers, {
        work: 'w5-postgres-queue',
        what: 'W5, one process, bell on Postgres',
        shape: { processes: 'all', queue: 'postgres' },
        load: closed,
        nodeOptions,
      }),
    'w5-worker-apart': (servers) =>
      measureW5(servers, {
        work: 'w5-worker-apart',
        what: 'W5, api and worker apart',
        shape: { processes: 'api+worker', queue: 'redis' },
        load: closed,
        nodeOptions,
      }),
    'w5-two-workers': (servers) =>
      measureW5(servers, {
        work: 'w5-two-workers',
        what: 'W5, api and two workers',
        shape: { processes: 'api+2workers', queue: 'redis' },
        load: closed,
        nodeOptions,
      }),
    'w5-200-tenants': (servers) =>
      measureW5(servers, {
        work: 'w5-200-tenants',
        what: 'W5, 200 tenants in turn',
        shape: all,
        load: closed,
        tenants: 200,
        nodeOptions,
      }),
    'w5-200-a-second': (servers) =>
      measureW5(servers, { work: 'w5-200-a-second', what: 'W5 at 200 a second', shape: all, load: open(200), nodeOptions }),
    'w5-500-a-second': (servers) =>
      measureW5(servers, { work: 'w5-500-a-second', what: 'W5 at 500 a second', shape: all, load: open(500), nodeOptions }),
    'w5-200-a-second-apart': (servers) =>
      measureW5(servers, {
        work: 'w5-200-a-second-apart',
        what: 'W5 at 200 a second, api and worker apart',
        shape: { processes: 'api+worker', queue: 'redis' },
        load: open(200),
        nodeOptions,
      }),
    'w5-50000-waiting': async (servers) => {
      await fillWaiting(servers.admin, 50_000);
      return measureW5(servers, {
        work: 'w5-50000-waiting',
        what: 'W5 beside 50,000 waiting runs',
        shape: all,
        load: closed,
        nodeOptions,
      });
    },
    'w5-1000000-history': async (servers) => {
      await fillHistory(servers.admin, 1_000_000);
      return measureW5(servers, {
        work: 'w5-1000000-history',
        what: 'W5 on a million rows of history',
        shape: all,
        load: closed,
        nodeOptions,
      });
    },
    waits: (servers) => measureWaits(servers, quick ? 20_000 : 100_000),
  };
  const wanted =
    names.length === 0 ? [...groupOf('w5'), 'bullmq-five-jobs', ...groupOf('open'), 'waits'] : names.flatMap(groupOf);
  return [...new Set(wanted)].map((name) => {
    const work = works[name];
    if (work === undefined) {
      throw new Error(`There is no work "${name}". Known: ${[...Object.keys(GROUPS), ...Object.keys(works)].join(', ')}.`);
    }
    return [name, work];
  });
}

/** A name that is no group stands for itself. */
function groupOf(name: string): string[] {
  return GROUPS[name] ?? [name];
}
