import type { Fault } from '../fault.js';

const SHARE = 0.02;
/** The writes of the road: of each of them the engine must find out, or not care, whether it has happened. */
const WRITES = /workflows\.(\w*(?:accept|commit|begin|settle|record|release|claim|sweep)\w*)/;

export const commitCut: Fault = {
  name: 'commit-cut',
  what: `of ${SHARE * 100} % of the writes the connection is cut after Postgres has committed and before the engine hears of it`,
  api: 'refuses',
  async play({ ground, draws, over, pause, say }) {
    const cut = new Map<string, number>();
    ground.door.cuts = (words) => {
      const write = WRITES.exec(words)?.[1];
      if (over.aborted || write === undefined || draws.number() >= SHARE) return false;
      cut.set(write, (cut.get(write) ?? 0) + 1);
      return true;
    };
    while (!over.aborted) await pause(1_000);
    ground.door.cuts = () => false;
    say(`cut after: ${[...cut].map(([write, times]) => `${write} ${times}`).join(', ')}`);
    return [...cut.values()].reduce((sum, times) => sum + times, 0);
  },
};
