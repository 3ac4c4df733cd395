import type { Fault } from '../fault.js';

const EVERY_MS = 2_000;

export const workerKilled: Fault = {
  name: 'worker-killed',
  what: `kill -9 of a worker every ${EVERY_MS / 1_000} s, which starts again at once`,
  async play({ crew, draws, over, pause, say }) {
    let struck = 0;
    const starts: Array<Promise<void>> = [];
    for (await pause(draws.between(0, EVERY_MS)); !over.aborted; await pause(EVERY_MS)) {
      const ready = crew.workers.filter(({ isReady }) => isReady);
      if (ready.length === 0) continue;
      const worker = draws.one(ready);
      await worker.kill();
      struck += 1;
      say(`${worker.name} is killed`);
      starts.push(worker.start());
    }
    await Promise.all(starts);
    return struck;
  },
};
