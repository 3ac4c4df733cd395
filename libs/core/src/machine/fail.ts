import { isCatchable, matchesErrorPattern, type Failure } from '../failure.js';
import type { CatchRule } from '../graph/compiled-graph.js';
import type { Json } from '../json.js';
import { undone } from './compensate.js';
import { type Draft, failRun, type Next, whatFailed } from './draft.js';
import { nodeOf } from './node-of.js';
import { errorPath } from './error-path.js';
import { lose } from './region.js';
import { decideRetry } from './retry.js';
import type { Stopped, Token } from './state.js';
import { attempt, setVariable } from './variables.js';

/**
 * What becomes of an error in a step: another attempt, the node's `catch`, in a region its join, `defaults.catch`, or the
 * end of the run. `origin`: where the run stood when the error came up, if a join raises it.
 */
export function fail(draft: Draft, token: Token, failure: Failure, origin?: Stopped): Next {
  const node = nodeOf(draft, token.node);
  if (token.undoes !== undefined) return failUndoing(draft, token, failure);
  if (!isCatchable(failure.code)) return failRun(draft, failure, token);

  // What a join raises has had its attempts in the branch.
  const retry = node.join === undefined ? decideRetry(draft, token, node, failure) : { again: false as const, failure };
  if (retry.again) {
    token.phase = { kind: 'retrying', at: retry.at, failure };
    return null;
  }

  const own = matching(node.catch, retry.failure);
  if (own !== undefined) return caught(draft, token, own, retry.failure, origin);

  if (token.branch !== undefined) return lose(draft, token, retry.failure, origin);
  const fallback = errorPath(draft.graph).has(node.id) ? undefined : matching(draft.graph.defaultCatch, retry.failure);
  return fallback === undefined
    ? failRun(draft, retry.failure, token, origin)
    : caught(draft, token, fallback, retry.failure, origin);
}

/** What undoes a step is tried again like any other activity, but has nobody to catch its error. */
function failUndoing(draft: Draft, token: Token, failure: Failure): Next {
  const retry = decideRetry(draft, token, nodeOf(draft, token.node), failure);
  if (!retry.again) return undone(draft, token, retry.failure);
  token.phase = { kind: 'retrying', at: retry.at, failure };
  return null;
}

function matching(rules: readonly CatchRule[], failure: Failure): CatchRule | undefined {
  return rules.find((rule) => rule.errors.some((pattern) => matchesErrorPattern(failure.code, pattern)));
}

function caught(draft: Draft, token: Token, rule: CatchRule, failure: Failure, origin?: Stopped): Next {
  const { save } = rule;
  if (save !== undefined) {
    const { node, attempt: attempts } = whatFailed(token, origin);
    const record: Json = { code: failure.code, message: failure.message, node, attempts };
    const saved = attempt(draft, () => setVariable(draft, save, record));
    if (!saved.ok) return token.branch === undefined ? failRun(draft, saved.failure, token) : lose(draft, token, saved.failure);
  }
  return { to: rule.next };
}
