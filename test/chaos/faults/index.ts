import type { Fault } from '../fault.js';
import { sendsLost } from './sends-lost.js';
import { workerKilled } from './worker-killed.js';

/** Every fault there is, in the order in which `all` plays them. */
export const FAULTS: readonly Fault[] = [workerKilled, sendsLost];
