import type { EffectResult } from '@workflows/core';
import type { RunCommit } from '@workflows/ports';
import type { EffectRow, MailboxRow, Tables } from './tables.js';

const RECEIVED = ['delivered', 'read', 'played'];

/** `tell_missed_results`: what came to an end while a run lay failed, for the steps that wait for it again. */
export function tellMissedResults(tables: Tables, box: MailboxRow, { executionId, state, revision }: RunCommit): void {
  if (tables.executions.get(executionId)?.endedAt !== null) return;
  const pending = state.tokens.flatMap(({ phase }) => (phase.kind === 'retrying' ? [] : (phase.pendingEffects ?? [])));
  for (const seq of pending) {
    const result = missed(tables.effect(executionId, seq));
    if (result === null) continue;
    const dedupe = `effect:${executionId}:${seq}:${result.outcome}:again:${revision + 1}`;
    tables.post(box.id, dedupe, { kind: 'effect', body: { executionId, seq, result } });
  }
}

function missed(row: EffectRow | undefined): EffectResult | null {
  if (row === undefined || (row.effect.kind !== 'message' && row.state === 'withdrawn'))
    return { outcome: 'failed', failure: { code: 'network', kind: 'retryable', message: 'The request was not sent.' } };
  const { effect, state, result, receipt } = row;
  if (effect.kind !== 'message') return ['sent', 'failed', 'unknown'].includes(state) ? result : null;
  if (state === 'failed') return result;
  if (state === 'held' && effect.notify !== 'never')
    return { outcome: 'unknown', failure: { code: 'effect.unknown', kind: 'terminal', message: 'It is held for a person.' } };
  const isWanted =
    effect.notify === 'accepted' || (effect.notify === 'delivered' && receipt !== null && RECEIVED.includes(receipt));
  return state === 'sent' && isWanted ? result : null;
}
