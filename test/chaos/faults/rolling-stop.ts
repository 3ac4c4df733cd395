import type { Fault } from '../fault.js';

const EVERY_MS = 1_500;
/** What an orchestrator gives before it kills. */
const GRACE_MS = 25_000;

export const rollingStop: Fault = {
  name: 'rolling-stop',
  what: `SIGTERM of one process after the other every ${EVERY_MS / 1_000} s; each must end with 0 within ${GRACE_MS / 1_000} s`,
  api: 'away',
  async play({ crew, over, pause, say }) {
    const [one, other] = crew.workers;
    // There is one api, whose absence everybody waits for: it goes more seldom.
    const turns = [one, other, one, other, crew.api];
    let struck = 0;
    const replaced: Array<Promise<void>> = [];
    for (let turn = 0; !over.aborted; await pause(EVERY_MS)) {
      const post = turns[turn % turns.length];
      // One that has not said yet that it is ready would be killed by the signal, in production as here.
      if (post?.isReady !== true) continue;
      turn += 1;
      struck += 1;
      say(`${post.name} is told to stop`);
      replaced.push(
        post.stop().then(async ({ code, ms }) => {
          if (code !== 0 || ms > GRACE_MS) {
            throw new Error(`${post.name} ended with ${code} after ${Math.round(ms)} ms, not with 0 within ${GRACE_MS} ms`);
          }
          await post.start();
        }),
      );
    }
    await Promise.all(replaced);
    return struck;
  },
};
