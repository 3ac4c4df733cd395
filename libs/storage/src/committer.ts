import { Injectable } from '@nestjs/common';
import { type CommitResult, Database, type MailboxCommit } from '@workflows/ports';
import { commitLists } from './commit-lists.js';
import { GroupCommit } from './group-commit.js';

/** Measured: one call writes while the next gathers; more of them only wait for each other's disk flush. */
const IN_FLIGHT = 2;
const MAX_ITEMS = 200;

/** The only writer of runs: state, history, effects, timers and consumed mail of a mailbox in one transaction. */
@Injectable()
export class Committer {
  private readonly group: GroupCommit<MailboxCommit, CommitResult>;

  constructor(database: Database) {
    this.group = new GroupCommit({
      inFlight: IN_FLIGHT,
      maxItems: MAX_ITEMS,
      // A second update of a mailbox in one call could not see the first.
      key: (item) => `${item.tenantId}/${item.mailboxId}`,
      call: (items) => database.call<CommitResult[]>('commit_mailboxes', { ...commitLists(items) }),
    });
  }

  /**
   * Writes one mailbox, together with whatever else is waiting. Not committed: lease or revision was lost, stop.
   * Rejects with DatabaseRefusal when the item breaks a rule, which touches no other item, and with
   * DatabaseUnavailable when it is not known whether it was written: the lease then expires and the mailbox is read anew.
   */
  commit(item: MailboxCommit): Promise<CommitResult> {
    return this.group.add(item);
  }
}
