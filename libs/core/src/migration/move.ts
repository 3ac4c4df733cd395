import type { JsonObject } from '../json.js';

/** How a run goes over to another version. */
export interface Move {
  /** Old name -> new name, of nodes that are called otherwise. */
  nodes: Record<string, string>;
  /** Old names of nodes whose outputs and visits are left behind: the new version has something else by that name. */
  forget: string[];
  /** All variables, as they are in the new version. */
  vars: JsonObject;
}
