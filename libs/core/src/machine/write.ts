import type { Json } from '../json.js';

/**
 * What a commit can write beside the run itself, by the function `workflows.apply_write`. A new kind is a member here
 * and a branch there.
 */
export type Write =
  /** An event of the tenant. It is a row with the commit; who waits for it or starts from it is told afterwards. */
  { type: 'event'; id: string; name: string; key: string | null; data: Json };
