import type { ASTNode } from '@marcbachmann/cel-js';
import { isObject } from '../expression/convert.js';
import { checkSyntax } from '../expression/syntax.js';
import { decide, openMinutes } from './conditions.js';
import { portOfTarget } from './edges.js';
import type { Origin } from './origins.js';
import type { Outline } from './outline.js';

const MINUTE_MS = 60_000;

/** What is known of one port of a switch for the runs of an origin. */
export interface Choice {
  possible: boolean;
  /** Where a condition on the window has shown how long ago the contact wrote at most. */
  silentMs?: number;
}

export const ANY: Choice = { possible: true };

/** By port. A case is taken when its condition holds and none before it did. */
export function choicesOf(conditions: Array<ASTNode | null> | undefined, origin: Origin, limitMs: number): Map<string, Choice> {
  const choices = new Map<string, Choice>();
  if (!conditions) return choices;
  let shown = 0;
  let settled = false;
  for (const [index, condition] of conditions.entries()) {
    const decision = condition ? decide(condition, origin.known) : undefined;
    const minutes = Math.max(shown, condition ? openMinutes(condition, true) : 0);
    choices.set(portOfTarget(`/cases/${index}/next`), choiceOf(!settled && decision !== false, minutes, limitMs));
    settled ||= decision === true;
    shown = Math.max(shown, condition ? openMinutes(condition, false) : 0);
  }
  choices.set('default', choiceOf(!settled, shown, limitMs));
  return choices;
}

function choiceOf(possible: boolean, minutes: number, limitMs: number): Choice {
  if (minutes === 0 || !Number.isFinite(limitMs)) return { possible };
  const silentMs = limitMs - minutes * MINUTE_MS;
  return { possible: possible && silentMs >= 0, silentMs };
}

/** The conditions of every switch; null for one that cannot be read. */
export function conditionsOf(outline: Outline): Map<string, Array<ASTNode | null>> {
  const conditions = new Map<string, Array<ASTNode | null>>();
  for (const { id, spec, raw } of outline.nodes.values()) {
    if (spec?.type !== 'switch' || !Array.isArray(raw['cases'])) continue;
    conditions.set(
      id,
      raw['cases'].map((branch) =>
        isObject(branch) && typeof branch['when'] === 'string' ? checkSyntax(branch['when']).ast : null,
      ),
    );
  }
  return conditions;
}
