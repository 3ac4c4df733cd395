import type { Fault } from '../fault.js';
import { clockOff } from './clock-off.js';
import { commitCut } from './commit-cut.js';
import { poisonRun } from './poison-run.js';
import { postgresRestarted } from './postgres-restarted.js';
import { redisFlushed } from './redis-flushed.js';
import { redisFull } from './redis-full.js';
import { redisHangs } from './redis-hangs.js';
import { redisKilled } from './redis-killed.js';
import { rollingStop } from './rolling-stop.js';
import { sendsLost } from './sends-lost.js';
import { workerFrozen } from './worker-frozen.js';
import { workerKilled } from './worker-killed.js';

/** Every fault there is, in the order in which `all` plays them. */
export const FAULTS: readonly Fault[] = [
  workerKilled,
  sendsLost,
  workerFrozen,
  rollingStop,
  redisFlushed,
  redisKilled,
  redisHangs,
  redisFull,
  postgresRestarted,
  commitCut,
  poisonRun,
  clockOff,
];
