import type { JsonObject } from '../json.js';

/** What an operator can want of a run. */
export type Order =
  /** What comes is kept, and nothing more is done, until `resume`. */
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel'; reason: string }
  /** A failed run goes on: with the step that failed, or with a new visit of `from`, which it has visited before. */
  | { type: 'retry'; from?: string }
  /** The step leaves its node as if the node had given `output` on `port` (default `next`). `step` when there are several. */
  | { type: 'skip'; node: string; step?: number; port?: string; output?: JsonObject };
