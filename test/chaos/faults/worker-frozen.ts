import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import { LEASE_MS } from '../pace.js';

/** By then its leases are over, and others have done what it was about to do. */
const FROZEN_MS = 2 * LEASE_MS;

export const workerFrozen: Fault = {
  name: 'worker-frozen',
  what: `a worker is stopped for twice the lease (SIGSTOP, ${FROZEN_MS / 1_000} s), and then goes on as if nothing had happened`,
  async play({ crew, draws, over, say, ...stage }) {
    let struck = 0;
    for (;;) {
      await stage.pause(draws.between(500, 1_500));
      if (over.aborted) return struck;
      const ready = crew.workers.filter(({ isReady }) => isReady);
      if (ready.length === 0) continue;
      const worker = draws.one(ready);
      const { running } = worker;
      running.signal('SIGSTOP');
      say(`${worker.name} is frozen`);
      // To its end in any case: one that wakes while its lease holds shows nothing.
      await pause(FROZEN_MS);
      running.signal('SIGCONT');
      say(`${worker.name} goes on`);
      struck += 1;
    }
  },
};
