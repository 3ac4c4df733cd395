import type { Fault } from '../fault.js';

export const postgresRestarted: Fault = {
  name: 'postgres-restarted',
  what: 'Postgres is stopped at once, as by a power cut, every 5 to 10 s, and is back after up to 1 s and its recovery',
  needs: 'own postgres',
  api: 'away',
  async play({ ground, draws, over, pause, say }) {
    let struck = 0;
    // Soon after the beginning, so that a short run has one too.
    for (await pause(draws.between(2_000, 4_000)); !over.aborted; await pause(draws.between(5_000, 10_000))) {
      say('Postgres is stopped');
      await ground.restartPostgres(draws.between(0, 1_000));
      say('Postgres is back');
      struck += 1;
    }
    return struck;
  },
};
