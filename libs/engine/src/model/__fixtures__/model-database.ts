import { Database, type DatabaseArguments } from '@workflows/ports';
import { commitsFromLists } from './commit-from-lists.js';
import { claimEvents, deliverEvent, finishEvents, waitsForEvent } from './event-calls.js';
import { accept, acceptAndClaim } from './inbound-calls.js';
import { claimMailboxes, commitMailboxes, releaseMailboxes } from './mailbox-calls.js';
import { beginSends, claimOutboxes, recordReceipts, releaseOutboxes, settleSends, sweep } from './outbox-calls.js';
import { CONNECTION, Tables, TENANT } from './tables.js';
import { copy } from './wire.js';

/**
 * What the SQL functions of the road promise, in memory and in plain words (the SQL is in supabase/migrations). Each call
 * is one transaction, arguments and results are copies, and time passes only when a test says so.
 */
export class ModelDatabase extends Database {
  tables = new Tables();

  override async call<Result>(name: string, args: DatabaseArguments = {}): Promise<Result> {
    return copy(this.answer(name, copy(args)));
  }

  override async callAsTenant<Result>(_tenantId: string, name: string, args: DatabaseArguments = {}): Promise<Result> {
    return copy(this.answerTenant(name, copy(args)));
  }

  override callAsOperator<Result>(name: string): Promise<Result> {
    return Promise.reject(new Error(`The road does not call ${name}.`));
  }

  override ping(): Promise<void> {
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- arguments as they come over the wire, read by name
  private answer(name: string, args: any): unknown {
    const { tables } = this;
    tables.tick += 1;
    switch (name) {
      case 'accept':
      case 'place_orders':
        return accept(tables, args.p);
      case 'accept_and_claim':
        return acceptAndClaim(tables, args.p, args.p_limit, args.p_lease_ms);
      case 'claim_mailboxes':
        return claimMailboxes(tables, args.p_limit, args.p_lease_ms);
      case 'commit_mailboxes':
        return commitMailboxes(tables, commitsFromLists(args));
      case 'release_mailboxes':
        return releaseMailboxes(tables, args.p);
      case 'claim_outboxes':
        return claimOutboxes(tables, args.p_limit, args.p_lease_ms);
      case 'begin_sends':
        return beginSends(tables, args.p);
      case 'settle_sends':
        return settleSends(tables, args.p);
      case 'release_outboxes':
        return releaseOutboxes(tables, args.p);
      case 'record_receipts':
        return recordReceipts(tables, args.p);
      case 'sweep':
        return sweep(tables, args.p_unknown_wait_ms);
      case 'claim_events':
        return claimEvents(tables, args.p_limit, args.p_retry_ms);
      case 'waits_for_event':
        return waitsForEvent(tables, args.p_event);
      case 'deliver_event':
        return deliverEvent(tables, args.p_event, args.p_waits);
      case 'finish_events':
        return finishEvents(tables, args.p);
      case 'workflow_revisions':
        return { [TENANT]: tables.revision };
      default:
        throw new Error(`The model does not know the function ${name}.`);
    }
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  private answerTenant(name: string, args: any): unknown {
    const { tables } = this;
    tables.tick += 1;
    switch (name) {
      case 'get_tenant':
        return { id: TENANT, slug: 't', name: 'T', timezone: 'UTC', locale: 'en', settings: {}, rules: {}, createdAt: '' };
      case 'published_workflows': {
        const latest = new Map(tables.versions.map((version) => [version.workflowId, version]));
        return { revision: tables.revision, versions: [...latest.values()] };
      }
      case 'get_version_by_id':
        return tables.versions.find(({ id }) => id === args.p_id) ?? null;
      case 'connection_account':
        return { connectionId: CONNECTION, channel: 'whatsapp', account: 'main', settings: {}, sealed: {}, status: 'active' };
      case 'order_target': {
        const run = tables.executions.get(args.p_id);
        if (run === undefined) return null;
        const others = [...tables.executions.values()].filter(
          (other) => run.endedAt !== null && other.mailboxId === run.mailboxId && other.endedAt === null,
        );
        return { placed: null, versionId: run.versionId, state: run.state, others };
      }
      default:
        throw new Error(`The model does not know the function ${name} of a tenant.`);
    }
  }
}
