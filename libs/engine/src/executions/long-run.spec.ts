import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { type ExecutionState, type JsonObject, loadGraph, replay } from '@workflows/core';
import { NODES } from '@workflows/nodes';
import { type ClaimedMailbox, Database, type DatabaseArguments, type MailboxCommit } from '@workflows/ports';
import {
  Committer,
  ContactStore,
  CredentialStore,
  ModelStore,
  OrderStore,
  TableStore,
  TenantStore,
  WorkflowStore,
} from '@workflows/storage';
import { ChannelRegistry } from '../channels/channel.registry.js';
import { DatabaseClock } from '../claims/database-clock.js';
import { Lease } from '../claims/lease.js';
import { Credentials } from '../credentials/credentials.js';
import { UndiciEgressClient } from '../egress/index.js';
import { KeyRing, SecretBox } from '../secrets/index.js';
import { ModelPerformer } from '../models/model.performer.js';
import { NodeRegistry } from '../nodes/node.registry.js';
import { CallTargets } from '../stored/call-targets.js';
import { DatabaseStorePerformer } from '../stored/database-store.performer.js';
import { RowAccess } from '../stored/row-access.js';
import { CancelWatch } from './cancel-watch.js';
import { commitsFromLists } from '../model/__fixtures__/commit-from-lists.js';
import { HttpEffectPerformer } from './http-effect.performer.js';
import { Breakers } from '../breaker/breakers.js';
import { Metrics } from '../metrics/metrics.js';
import { LiveRun } from './live-run.js';
import { MailboxSession } from './mailbox-session.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
import { RunEnds } from './run-ends.js';
import { Segment } from './segment.js';

const TENANT = {
  id: 't',
  slug: 't',
  name: 'T',
  timezone: 'UTC',
  locale: 'en',
  settings: {},
  rules: {},
  createdAt: '2026-03-02T00:00:00Z',
};
const NOW = '2026-03-02T12:00:00.000Z';
const MAILBOX: ClaimedMailbox = {
  tenantId: 't',
  mailboxId: 'm',
  leaseToken: 1,
  readUpTo: 0,
  takenBy: null,
  conversation: null,
  contact: null,
  letters: [],
  runs: [],
};

/** Takes every commit and keeps it as JSON, as a database would. */
class KeepingDatabase extends Database {
  readonly commits: MailboxCommit[] = [];

  call<Result>(_name: string, args: DatabaseArguments = {}): Promise<Result> {
    const items = commitsFromLists(JSON.parse(JSON.stringify(args)));
    this.commits.push(...items);
    return Promise.resolve(items.map(() => ({ committed: true, ready: false, outbound: false })) as Result);
  }
  callAsTenant<Result>(): Promise<Result> {
    return Promise.reject(new Error('The road has no tenant.'));
  }
  callAsOperator<Result>(): Promise<Result> {
    return Promise.reject(new Error('The road has no operator.'));
  }
  ping(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const NAMES = Array.from({ length: 9 }, (_, index) => `text${index}`);

/** Ten nodes in a circle that are walked a thousand times, the first counts and each other writes its variable. */
const circle = (valueOf: (name: string) => string): JsonObject => ({
  dsl: '1.0',
  id: 'circle',
  name: 'Circle',
  version: 1,
  limits: { maxSteps: 20_000 },
  vars: {
    n: { type: 'integer', default: 0 },
    ...Object.fromEntries(NAMES.map((name) => [name, { type: 'string', default: 'x' }])),
  },
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'n0',
  nodes: {
    n0: { type: 'set', assign: { 'vars.n': '{{ vars.n + 1 }}' }, maxVisits: 1000, next: 'n1', on: { visits: 'done' } },
    ...Object.fromEntries(
      NAMES.map((name, index) => [
        `n${index + 1}`,
        { type: 'set', assign: { [`vars.${name}`]: valueOf(name) }, next: `n${(index + 2) % 10}` },
      ]),
    ),
    done: { type: 'end' },
  },
});

async function walk(
  definition: JsonObject,
): Promise<{ commits: MailboxCommit['runs']; state: ExecutionState; definition: JsonObject }> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [NodeRegistry, ChannelRegistry, ...NODES],
  }).compile();
  const nodes = module.get(NodeRegistry);
  nodes.onModuleInit();
  const database = new KeepingDatabase();
  const clock = new DatabaseClock(NOW, performance.now());
  const lease = new Lease(1, 600_000, performance.now());
  const session = new MailboxSession(
    MAILBOX,
    TENANT,
    lease,
    clock,
    new Committer(database),
    module.get(ChannelRegistry),
    new RunEnds(async () => []),
  );
  const graph = loadGraph(definition, { nodeTypes: nodes.specs() });
  const run = LiveRun.born({ executionId: 'run', workflowId: 'circle', versionId: 'v' }, graph);
  session.runs.push(run);
  const egress = new UndiciEgressClient();
  const box = new SecretBox(KeyRing.parse(randomBytes(32).toString('base64')));
  const credentials = new Credentials(new CredentialStore(database), box);
  const performers = {
    http: new HttpEffectPerformer(egress, credentials, new Breakers(new Metrics())),
    store: new DatabaseStorePerformer(
      new RowAccess(new TableStore(database)),
      new ContactStore(database),
      new CallTargets(new PublishedWorkflows(new WorkflowStore(database), nodes)),
      new TenantStore(database),
    ),
    models: new ModelPerformer(new ModelStore(database), credentials, egress),
    cancels: new CancelWatch(new OrderStore(database)),
  };
  await new Segment(run, session, nodes, performers).apply({
    type: 'started',
    at: NOW,
    executionId: 'run',
    trigger: 'api',
    event: { trigger: 'api', input: {} },
    context: session.context(),
  });
  await session.release(null);
  const commits = database.commits.flatMap(({ runs }) => runs);
  const last = commits.at(-1);
  if (last === undefined) throw new Error('Nothing was committed.');
  expect(
    replay(
      graph,
      commits.flatMap(({ events }) => events),
    ),
  ).toEqual(last.state);
  return { commits, state: last.state, definition };
}

describe('a run of ten thousand steps in one claim', () => {
  it('is written every hundred steps, and no commit grows with the way behind it', async () => {
    const { commits, state } = await walk(circle(() => '{{ string(vars.n) }}'));
    expect(state).toMatchObject({ status: 'completed', vars: { n: 1000 }, counters: { steps: 10_002 } });
    expect(commits.length).toBeGreaterThanOrEqual(100);
    expect(Math.max(...commits.map(({ events }) => events.length))).toBeLessThanOrEqual(102);
    const sizes = commits.map((commit) => JSON.stringify(commit).length);
    const [tenth = 0, last = 0] = [sizes[10], sizes.at(-2)];
    expect(last).toBeLessThan(tenth * 1.1);
    expect(Math.max(...commits.map((commit) => JSON.stringify(commit.state).length))).toBeLessThan(4_000);
  }, 60_000);

  it('ends with limit.state when it would keep more and more', async () => {
    const { commits, state } = await walk(circle((name) => `{{ vars.${name} + vars.${name} }}`));
    expect(state).toMatchObject({ status: 'failed', error: { code: 'limit.state' } });
    expect(Math.max(...commits.map((commit) => JSON.stringify(commit.state).length))).toBeLessThanOrEqual(256 * 1024);
  }, 60_000);
});
