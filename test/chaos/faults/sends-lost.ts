import type { Fault } from '../fault.js';

const SHARE = 0.01;

/** In one case nobody has the message, in the other the customer has it: the engine sees the same broken connection. */
export const sendsLost: Fault = {
  name: 'sends-lost',
  what: `${SHARE * 100} % of the sends are dropped before the provider takes them, and as many after it did`,
  async play({ emulator, draws, over, pause }) {
    for (const kind of ['drop_before_accept', 'accept_then_drop'] as const) {
      // One in any case, because a short run may have no luck.
      await emulator.addFault({ kind, count: 1 });
      await emulator.addFault({ kind, probability: SHARE, seed: Math.floor(draws.number() * 2 ** 31) });
    }
    while (!over.aborted) await pause(1_000);
    const struck = (await emulator.faults()).reduce((sum, fault) => sum + fault.struck, 0);
    await emulator.clearFaults();
    return struck;
  },
};
