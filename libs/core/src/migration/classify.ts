import type { ExecutionState } from '../machine/state.js';
import { type Mapping, NO_MAPPING, type Obstacle } from './mapping.js';
import { planMove, type Restore } from './plan.js';
import type { MovableVersion } from './version.js';

/**
 * `safe`: the run moves as it is. `mapping`: it needs a mapping, and moves when the given one is enough. `blocked`: no
 * mapping can help.
 */
export interface Classification {
  verdict: 'safe' | 'mapping' | 'blocked';
  /** Whether the run would move with the mapping that was given. */
  moves: boolean;
  /** What is in the way with that mapping. */
  obstacles: Obstacle[];
}

/** Judges a live run of `from` before it is moved to `to` (language, section 5.4). `at`: now, for expressions. */
export function classify(
  from: MovableVersion,
  to: MovableVersion,
  state: ExecutionState,
  mapping: Mapping,
  at: string,
  restore?: Restore,
): Classification {
  const plan = planMove(from, to, state, mapping, at, restore);
  const obstacles = 'move' in plan ? [] : plan.obstacles;
  const moves = obstacles.length === 0;
  if (moves)
    return { verdict: 'move' in planMove(from, to, state, NO_MAPPING, at, restore) ? 'safe' : 'mapping', moves, obstacles };
  return { verdict: obstacles.every(({ mappable }) => mappable) ? 'mapping' : 'blocked', moves, obstacles };
}
