import type { MailboxCommit } from '@workflows/ports';

/** The mailboxes that `commit_mailboxes` is given in lists, each as a whole again. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- arguments as they come over the wire, read by name
export function commitsFromLists(lists: any): MailboxCommit[] {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  const of = (list: any[], n: number, run?: any): any[] =>
    list.filter((item) => item.n === n && (run === undefined || item.execution === run.execution));
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  return lists.p_mailboxes.map(({ tenant, mailbox, token, ...rest }: any, index: number) => ({
    ...rest,
    tenantId: tenant,
    mailboxId: mailbox,
    leaseToken: token,
    writes: of(lists.p_writes, index + 1).map(({ write }) => write),
    runs: of(lists.p_runs, index + 1).map((run) => ({
      ...lists.p_documents[lists.p_runs.indexOf(run)],
      executionId: run.execution,
      workflowId: run.workflow,
      versionId: run.version,
      revision: run.revision,
      withdraw: run.withdraw,
      effects: of(lists.p_effects, index + 1, run).map(({ key, ...effect }) => ({ ...effect, idempotencyKey: key })),
      settled: of(lists.p_settled, index + 1, run),
    })),
  }));
}
