import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../../support/checkout.js';
import type { Fault } from '../fault.js';

const HOUR_MS = 3_600_000;
const MODULE = pathToFileURL(join(checkout, 'test/chaos/preload/clock-off.mjs')).href;

export const clockOff: Fault = {
  name: 'clock-off',
  what: 'the clock of one worker is an hour ahead, that of the other an hour behind',
  preload: (place) => `${MODULE}?ms=${place % 2 === 0 ? HOUR_MS : -HOUR_MS}`,
  async play({ crew, over, pause }) {
    while (!over.aborted) await pause(1_000);
    // They stay off: what comes to its end now must not need a right clock either.
    return crew.workers.filter(({ isReady }) => isReady).length;
  },
};
