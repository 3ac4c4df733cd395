import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../../support/checkout.js';
import type { Fault } from '../fault.js';

const CUSTOMER = '5511970000001';
const MODULE = pathToFileURL(join(checkout, 'test/chaos/preload/poison.mjs')).href;

export const poisonRun: Fault = {
  name: 'poison-run',
  what: 'one run kills every worker that takes it, among innocents; in the end it is cured, and ends as it should',
  preload: () => `${MODULE}?order=${CUSTOMER}`,
  async play({ crew, customers, numbers, over, pause, say }) {
    customers.add(numbers[0] ?? '', CUSTOMER, AbortSignal.abort());
    let struck = 0;
    const starts: Array<Promise<void>> = [];
    while (!over.aborted) {
      await pause(100);
      for (const worker of crew.workers.filter(({ isReady, hasEnded }) => isReady && hasEnded)) {
        struck += 1;
        say(`${worker.name} has taken the poison`);
        await worker.kill();
        starts.push(worker.start());
      }
    }
    await Promise.all(starts);
    for (const worker of crew.workers) {
      await worker.kill();
      await worker.startClean();
    }
    return struck;
  },
};
