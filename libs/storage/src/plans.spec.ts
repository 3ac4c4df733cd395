import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Write } from '@workflows/core';
import type { RunCommit } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { commitOf, layGround, message, run, send } from './__fixtures__/arrange.js';
import { callStatement } from './call-statement.js';
import { commitLists } from './commit-lists.js';
import { Committer } from './committer.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';
import { OutboxStore } from './stores/outbox.store.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

/**
 * Calls a function and brings the plan of every statement inside it, as Postgres really ran it. The session is new, so
 * the plans are those that a process makes at its first call, the time at which a bad one would be cached.
 */
async function plansOf(sql: string, values: unknown[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: test.adminUrl });
  const plans: string[] = [];
  client.on('notice', (notice) => plans.push(notice.message ?? ''));
  await client.connect();
  try {
    await client.query(
      "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set client_min_messages = log",
    );
    await client.query('begin');
    await client.query(sql, values);
    await client.query('rollback');
    return plans;
  } finally {
    await client.end();
  }
}

const TABLES =
  'mailboxes|mail|executions|effects|outboxes|conversations|contacts|contact_aliases|early_receipts|tenant_events|event_waits|execution_events\\w*';

/** The column that a lookup in an index has to name at least; less of the key would read all rows of a tenant or connection. */
const KEYS: Record<string, string> = {
  contact_aliases_contact: 'contact_id',
  contact_aliases_pkey: 'value',
  contacts_pkey: 'id',
  conversations_contact: 'contact_id',
  conversations_pkey: 'id',
  effects_of_mailbox: 'mailbox_id',
  effects_pkey: 'execution_id',
  effects_provider: 'provider_id',
  effects_unsettled: 'mailbox_id',
  execution_events_pkey: 'execution_id',
  event_waits_of_key: 'key',
  event_waits_pkey: 'execution_id',
  executions_live: 'mailbox_id',
  executions_pkey: 'id',
  mail_dedupe: 'dedupe',
  mail_pkey: 'mailbox_id',
  mailboxes_pkey: 'id',
  outboxes_pkey: 'mailbox_id',
  tenant_events_due: 'tenant_id',
  tenant_events_pkey: 'id',
  tenant_events_waited_for: 'key',
};

/** Indexes of what is to be done now: they hold nothing else, so that a walk over them is what they are for. */
const READY = new Set(['mailboxes_ready', 'mailboxes_wake', 'outboxes_ready', 'outboxes_wake', 'effects_unknown']);

/** Scans of a table of the road that read more than what they look for. */
function walks(plan: string): string[] {
  const lines = plan.split('\n');
  return lines.filter((line, index) => {
    if (new RegExp(`Seq Scan on (${TABLES})\\b`).test(line)) return true;
    const [, name = ''] =
      new RegExp(`Index (?:Only )?Scan (?:Backward )?using (\\w+) on (?:${TABLES})\\b`).exec(line) ??
      /Bitmap Index Scan on (\w+)/.exec(line) ??
      [];
    if (name === '' || READY.has(name)) return false;
    const key = KEYS[name];
    // An index that is for lists would be read over all of a tenant.
    if (key === undefined) return !name.startsWith('connections_') && new RegExp(`^(?:${TABLES})_`).test(name);
    const end = lines.findIndex((next, at) => at > index && /^\s*->/.test(next));
    const condition = lines.slice(index + 1, end === -1 ? undefined : end).find((detail) => detail.includes('Index Cond')) ?? '';
    return !new RegExp(`\\b${key}\\b`).test(condition);
  });
}

const CALL: RunCommit['effects'][number] = {
  seq: 3,
  node: 'call',
  step: 1,
  effect: {
    kind: 'http',
    method: 'POST',
    url: 'http://a.test',
    headers: {},
    safety: 'unsafe',
    response: 'none',
    timeoutMs: 1_000,
  },
  idempotencyKey: 'key-3',
  state: 'sending',
};

it('looks keys up in every statement of the road, on empty tables and on full ones', async () => {
  const ground = await layGround(test.admin);
  const [inbound, mailboxes, committer, outboxes] = [
    new InboundStore(test.database),
    new MailboxStore(test.database),
    new Committer(test.database),
    new OutboxStore(test.database),
  ];

  async function check(contact: string): Promise<void> {
    const item = message(ground, `${contact}0`);
    await inbound.accept([message(ground, contact)]);
    const [box] = (await mailboxes.claim(1, 60_000, '')).mailboxes;
    if (!box) throw new Error('Nothing was ready.');
    const first = run(ground, { effects: [send(1), send(2), CALL] });
    await committer.commit(commitOf(box, [first], { release: false }));
    const [sending] = (await outboxes.claim(1, 60_000, '')).outboxes;
    if (!sending) throw new Error('Nothing was to be sent.');
    const writes: Write[] = [
      { type: 'event', id: randomUUID(), name: 'order.paid', key: 'o-1', data: null },
      { type: 'listen', name: 'order.paid', key: 'o-1', since: 'run', most: 10 },
      { type: 'unlisten' },
      { type: 'listen', name: 'order.paid', key: 'o-2', since: new Date().toISOString(), most: 10 },
    ];
    const writing = writes.map((write, index): RunCommit['effects'][number] => ({
      seq: 4 + index,
      node: 'tell',
      step: 2,
      effect: { kind: 'write', write },
      idempotencyKey: `key-${index}`,
      state: 'sent',
    }));
    const called = { seq: 3, state: 'sent' as const, result: { outcome: 'done' as const, data: null } };
    const goesOn = { executionId: first.executionId, revision: 1, withdraw: true, effects: writing, settled: [called] };
    const next = commitOf(box, [run(ground, goesOn)]);
    const begin = {
      tenantId: box.tenantId,
      mailboxId: box.mailboxId,
      leaseToken: sending.leaseToken,
      executionId: first.executionId,
      seq: 1,
    };
    const settle = { ...begin, state: 'sent', providerId: 'w', result: { outcome: 'done', data: {} } };
    const receipt = {
      tenantId: box.tenantId,
      connectionId: ground.connectionId,
      providerId: 'w',
      status: 'read',
      at: new Date().toISOString(),
    };
    const waiting = randomUUID();
    await test.admin.query(
      "insert into workflows.tenant_events (tenant_id, id, name, key, data, source) values ($1, $2, 'order.paid', 'o-1', '{}', '{}')",
      [box.tenantId, waiting],
    );
    await test.admin.query(
      "insert into workflows.event_waits (tenant_id, execution_id, step, mailbox_id, name, key, since) values ($1, $2, 2, $3, 'order.paid', 'o-1', '2000-01-01') on conflict do nothing",
      [box.tenantId, first.executionId, box.mailboxId],
    );
    const commitNext = callStatement('commit_mailboxes', { ...commitLists([next]) });
    const calls: Array<[string, unknown[]]> = [
      ['select workflows.accept($1)', [JSON.stringify([item])]],
      ['select workflows.accept_and_claim($1, 8, 1000)', [JSON.stringify([message(ground, `${contact}1`)])]],
      ["select workflows.claim_mailboxes(10, 1000, '')", []],
      [commitNext.text, commitNext.values],
      ["select workflows.claim_outboxes(10, 1000, '')", []],
      ['select workflows.begin_sends($1)', [JSON.stringify([begin])]],
      ['select workflows.settle_sends($1)', [JSON.stringify([settle])]],
      ['select workflows.record_receipts($1)', [JSON.stringify([receipt])]],
      ['select workflows.release_outboxes($1)', [JSON.stringify([begin])]],
      ['select workflows.extend_leases($1, 1000)', [JSON.stringify([{ kind: 'mailbox', ...box, letters: [], runs: [] }])]],
      ['select workflows.unread_cancels($1)', [JSON.stringify([{ ...box, executionId: first.executionId }])]],
      ["select workflows.claim_events(10, 1000, '')", []],
      ['select workflows.waits_for_event($1, $2, 0, 100)', [box.tenantId, waiting]],
      [
        'select workflows.deliver_event($1, $2, $3)',
        [box.tenantId, waiting, JSON.stringify([{ executionId: first.executionId, step: 2 }])],
      ],
      ['select workflows.finish_events($1)', [JSON.stringify([{ tenantId: box.tenantId, id: waiting }])]],
      ['select workflows.sweep(100, 60000)', []],
      // Not by a commit: the effects that it rolls back make their table look larger to the plans behind it.
      [
        'select workflows.start_call($1, $2, $3, 2, $4)',
        [box.tenantId, box.mailboxId, first.executionId, JSON.stringify({ executionId: randomUUID(), waits: true, input: {} })],
      ],
      [
        'select workflows.start_call($1, $2, $3, 2, $4)',
        [box.tenantId, box.mailboxId, first.executionId, JSON.stringify({ executionId: first.executionId, waits: true })],
      ],
      ['select workflows.end_call($1, $2, $3)', [box.tenantId, box.mailboxId, randomUUID()]],
      [
        'select workflows.answer_call($1, $2, $3, $4)',
        [box.tenantId, box.mailboxId, first.executionId, JSON.stringify({ executionId: randomUUID(), step: 1, data: null })],
      ],
    ];
    for (const [sql, values] of calls) {
      const plans = await plansOf(sql, values);
      expect(plans.length).toBeGreaterThan(0);
      expect([sql, plans.flatMap(walks)]).toEqual([sql, []]);
    }
    await committer.commit({ ...next, runs: [] });
  }

  // What becomes of a message is then written as an event.
  await test.admin.query(
    'insert into workflows.workflow_revisions (tenant_id, revision, hears_statuses) values ($1, 1, true) on conflict (tenant_id) do update set hears_statuses = true',
    [ground.tenantId],
  );
  await check('+1');
  await test.admin.query(
    `insert into workflows.tenant_events (tenant_id, id, name, key, data, source, dispatched_at) select $1, gen_random_uuid(), 'order.paid', n::text, '{}', '{}', workflows.now() from generate_series(1, 5000) n`,
    [ground.tenantId],
  );
  await test.admin.query(
    `insert into workflows.mailboxes (tenant_id, id, appended, consumed) select $1, gen_random_uuid(), 1, 1 from generate_series(1, 5000)`,
    [ground.tenantId],
  );
  await test.admin.query(
    `insert into workflows.mail (tenant_id, mailbox_id, seq, dedupe, kind, body) select tenant_id, id, 1, 'message:' || id, 'message', '{}' from workflows.mailboxes where appended = 1 on conflict do nothing`,
  );
  await test.admin.query('analyze');
  await check('+2');
});

it.each([{}, { workflowId: 'hello' }])('reads a list of runs for %j from an index, however many there are', async (filter) => {
  const ground = await layGround(test.admin);
  await test.admin.query(
    `insert into workflows.mailboxes (tenant_id, id) select $1, gen_random_uuid() from generate_series(1, 3000)`,
    [ground.tenantId],
  );
  await test.admin.query(
    `insert into workflows.executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, trigger, revision, status, state, started_at)
     select tenant_id, id, 'hello', $2, id, 'api', 1, 'waiting', '{}', now() from workflows.mailboxes where tenant_id = $1`,
    [ground.tenantId, ground.versionId],
  );
  await test.admin.query('analyze');
  const listed = `set local role wf_app; select set_config('app.tenant_id', '${ground.tenantId}', true);
    select workflows.list_executions('${JSON.stringify(filter)}', 20, null)`;
  expect((await plansOf(listed, [])).join('\n')).toMatch(/Index Scan using executions_(by_start|of_workflow) on executions/);
});
