import type { Json } from '../json.js';
import type { Effect, Signal } from './outcome.js';

/** What the machine asks the runner to do after a transition. Data only; the order of a list is the order to do it in. */
export type Command =
  /** Run the node's strategy and answer with `returned`. */
  | { type: 'run'; token: number; step: number; node: string; attempt: number; input: { config: Json; fields: Json } }
  /** Resume the node's strategy with a signal and answer with `returned`. */
  | {
      type: 'resume';
      token: number;
      step: number;
      node: string;
      attempt: number;
      input: { config: Json; fields: Json };
      signal: Signal;
      memory: Json | undefined;
    }
  /** Journal an effect with the next commit. Http, store and model effects are then done by the runner, messages by the outbound processor, writes by the commit itself. */
  | { type: 'effect'; seq: number; token: number; node: string; step: number; effect: Effect; idempotencyKey: string }
  /** Messages of this run that are not sent yet must not be sent any more. */
  | { type: 'withdraw' };
