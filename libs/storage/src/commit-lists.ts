import type { MailboxCommit, RunCommit } from '@workflows/ports';

type NewEffect = RunCommit['effects'][number];
type SettledEffect = RunCommit['settled'][number];

/** The arguments of `commit_mailboxes`; `n` is a place in `p_mailboxes`, from 1 (supabase/migrations/*_commit_in_lists.sql). */
export interface CommitLists {
  p_mailboxes: Array<Pick<MailboxCommit, 'readUpTo' | 'release' | 'wakeAt'> & { tenant: string; mailbox: string; token: number }>;
  p_runs: Array<{
    n: number;
    execution: string;
    workflow: string;
    version: string;
    revision: number;
    trigger: string;
    status: RunCommit['state']['status'];
    reason: string | undefined;
    started: string;
    withdraw: boolean;
  }>;
  /** State and events of each of `p_runs`, by far the most of what a commit writes. */
  p_documents: Array<Pick<RunCommit, 'state' | 'events'>>;
  p_effects: Array<
    Pick<NewEffect, 'seq' | 'node' | 'step' | 'effect' | 'state' | 'result'> & {
      n: number;
      execution: string;
      kind: NewEffect['effect']['kind'];
      key: string;
    }
  >;
  p_settled: Array<SettledEffect & { n: number; execution: string }>;
  p_writes: Array<{ n: number; write: MailboxCommit['writes'][number] }>;
}

/** Lists instead of a tree, so that Postgres reads each part once. */
export function commitLists(items: readonly MailboxCommit[]): CommitLists {
  const lists: CommitLists = { p_mailboxes: [], p_runs: [], p_documents: [], p_effects: [], p_settled: [], p_writes: [] };
  for (const { tenantId, mailboxId, leaseToken, readUpTo, release, wakeAt, runs, writes } of items) {
    const n = lists.p_mailboxes.push({ tenant: tenantId, mailbox: mailboxId, token: leaseToken, readUpTo, release, wakeAt });
    for (const run of runs) addRun(lists, n, run);
    for (const write of writes) lists.p_writes.push({ n, write });
  }
  return lists;
}

function addRun(lists: CommitLists, n: number, run: RunCommit): void {
  const { executionId: execution, state, events } = run;
  lists.p_runs.push({
    n,
    execution,
    workflow: run.workflowId,
    version: run.versionId,
    revision: run.revision,
    trigger: state.trigger,
    status: state.status,
    reason: state.reason,
    started: state.startedAt,
    withdraw: run.withdraw,
  });
  lists.p_documents.push({ state, events });
  for (const { seq, node, step, effect, idempotencyKey: key, state: place, result } of run.effects) {
    lists.p_effects.push({ n, execution, seq, node, step, kind: effect.kind, effect, key, state: place, result });
  }
  for (const settled of run.settled) lists.p_settled.push({ n, execution, ...settled });
}
