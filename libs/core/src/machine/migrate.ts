import type { Draft } from './draft.js';
import type { ExecutionEvent } from './event.js';
import type { Region, Token } from './state.js';

type Migrated = ExecutionEvent & { type: 'migrated' };

/** Puts a run on another version: names of nodes are rewritten everywhere, variables are those of the event. */
export function migrate({ state }: Draft, event: Migrated): void {
  const { nodes, forget } = event.move;
  const named = (old: string): string => nodes[old] ?? old;
  const kept = <Value>(byNode: Record<string, Value>): Record<string, Value> =>
    Object.fromEntries(Object.entries(byNode).flatMap(([old, value]) => (forget.includes(old) ? [] : [[named(old), value]])));
  const moved = (token: Token): Token => ({
    ...token,
    node: named(token.node),
    ...(token.branch === undefined
      ? {}
      : {
          branch: {
            ...token.branch,
            steps: kept(token.branch.steps),
            ...(token.branch.visits === undefined ? {} : { visits: kept(token.branch.visits) }),
          },
        }),
  });
  const movedRegion = (region: Region): Region => ({ ...region, owner: moved(region.owner), steps: kept(region.steps) });

  state.vars = event.move.vars;
  state.steps = kept(state.steps);
  state.visits = kept(state.visits);
  state.tokens = state.tokens.map(moved);
  if (state.regions !== undefined) state.regions = state.regions.map(movedRegion);
  if (state.compensations !== undefined)
    state.compensations = state.compensations.map((each) => ({ ...each, node: named(each.node) }));
  state.migrated = { migration: event.migration, version: event.to, versionId: event.versionId };
}
