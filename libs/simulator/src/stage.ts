import type { CompiledGraph } from '@workflows/core';
import type { Coverage } from './coverage.js';
import type { Mocks } from './mocks.js';
import type { NodePlayers } from './node-players.js';
import type { World } from './world.js';

/** What one test is played with. */
export interface Stage {
  graph: CompiledGraph;
  world: World;
  mocks: Mocks;
  nodes: NodePlayers;
  coverage: Coverage;
  /** JSON Pointer to the test. */
  testPath: string;
}
