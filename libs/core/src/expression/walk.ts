import type { ASTNode } from '@marcbachmann/cel-js';
import type { Finding } from './finding.js';
import type { ExpressionType } from './type.js';

/** What is known where an expression stands, for one trigger. */
export interface Surroundings {
  roots: Record<string, ExpressionType>;
  /** Names that exist somewhere in the language but not here, with the reason. */
  elsewhere(root: string): string | undefined;
  /** Whether a path is surely there, surely not, or (undefined) as its type says. */
  assigned(path: readonly string[]): boolean | undefined;
  /** Id of the trigger, and which triggers' events have a field. */
  trigger: string | undefined;
  triggersWith(field: string): string[];
}

/** State of the walk: names bound by loops, paths proved by guards, and whether this trigger can come here at all. */
export interface Walk {
  here: Surroundings;
  bound: ReadonlyMap<string, ExpressionType>;
  known: ReadonlySet<string>;
  dead: boolean;
  findings: Finding[];
  /** The type of any part of the expression; paths need it for their indexes and for what they begin with. */
  typeOf(node: ASTNode, walk: Walk): ExpressionType;
}

export function report(walk: Walk, found: Finding): void {
  if (!walk.dead) walk.findings.push(found);
}
