import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEntry, WebhookDelivery } from '@workflows/emulator';
import pg from 'pg';
import { checkout } from '../support/checkout.js';
import type { Customers } from './customers.js';
import type { Desk } from './desk.js';
import type { ChaosTenant } from './tenants.js';

/** One thing that must hold, how much of it there was to look at, and how much of that breaks it. */
export interface Finding {
  invariant: string;
  fact: string;
  checked: number;
  broken: number;
  example: string | null;
}

const sqlOf = (name: string): Promise<string> => readFile(join(checkout, 'test/chaos', name), 'utf8');

/** Lays the recording beside the product, before anything has happened. */
export async function beginRecording(adminUrl: string): Promise<void> {
  const recording = await sqlOf('recording.sql');
  await asAdmin(adminUrl, (client) => client.query(recording));
}

/** Everything that is not finished, in words; empty when all has come to rest. */
export async function unfinished(adminUrl: string): Promise<string> {
  const { rows } = await asAdmin(adminUrl, (client) =>
    client.query<{ what: string; count: number }>(`
      select what, count(*)::int as count from (
        select 'runs that have not ended' as what from workflows.executions e where e.ended_at is null
        union all select 'messages that are ' || f.state from workflows.effects f
          where f.state in ('intent', 'sending', 'unknown') and f.kind = 'message'
        union all select 'mailboxes with work' from workflows.mailboxes b where b.ready_at is not null or b.lease_until is not null
        union all select 'outboxes with work' from workflows.outboxes o where o.ready_at is not null or o.lease_until is not null
      ) each group by what order by what`),
  );
  return rows.map(({ what, count }) => `${count} ${what}`).join(', ');
}

/** Brings what the world outside knows to what the database knows, and judges both. */
export async function judge(
  adminUrl: string,
  tenants: readonly ChaosTenant[],
  customers: Customers,
  desk: Desk,
  ledger: readonly LedgerEntry[],
): Promise<Finding[]> {
  const invariants = await sqlOf('invariants.sql');
  const rows = await asAdmin(adminUrl, async (client) => {
    await client.query(
      'insert into chaos.said select * from json_to_recordset($1) as s(tenant_id uuid, connection_id uuid, message_id text, starts boolean)',
      [
        JSON.stringify(
          customers.said.map(({ phoneNumberId, messageId, starts }) => {
            const tenant = tenants.find(({ number }) => number === phoneNumberId);
            return { tenant_id: tenant?.id, connection_id: tenant?.connectionId, message_id: messageId, starts };
          }),
        ),
      ],
    );
    await client.query(
      `insert into chaos.reached select * from json_to_recordset($1)
         as r(n int, wa_id text, tenant_id uuid, execution_id uuid, effect_seq int, message_id text, receipts text, at timestamptz)`,
      [JSON.stringify(ledger.map(rowOf))],
    );
    return (await client.query<Finding>(invariants)).rows;
  });
  return [...rows, transcripts(customers), calls(desk)];
}

/** What happened to the message that an example names, in the order of time; for whoever has to find out why. */
export async function timelineOf(adminUrl: string, example: string | null): Promise<string[]> {
  const [, execution, seq] = /^([0-9a-f-]{36}) (\d+)/.exec(example ?? '') ?? [];
  if (execution === undefined) return [];
  const { rows } = await asAdmin(adminUrl, (client) =>
    client.query<{ line: string }>(
      `select to_char(at, 'HH24:MI:SS.MS ') || line as line from (
         select at, format('%s, attempt %s%s%s', state, attempt, ', receipt ' || receipt, case when resend then ', send again' end) as line
         from chaos.journal where execution_id = $1 and seq = $2
         union all
         select at, 'the provider accepts ' || message_id from chaos.reached where execution_id = $1 and effect_seq = $2) each
       order by at`,
      [execution, seq],
    ),
  );
  return rows.map(({ line }) => line);
}

/** An effect's reference is 16 bytes of tenant, 16 of execution, 4 of number, and a tag. */
function rowOf({ seq, waId, effectRef, messageId, state, at }: LedgerEntry): object {
  const bytes = Buffer.from(effectRef ?? '', 'base64url');
  const named = bytes.length === 48;
  return {
    n: seq,
    wa_id: waId,
    tenant_id: named ? bytes.toString('hex', 0, 16) : null,
    execution_id: named ? bytes.toString('hex', 16, 32) : null,
    effect_seq: named ? bytes.readUInt32BE(32) : null,
    message_id: messageId,
    receipts: state,
    at,
  };
}

/** What goes wrong behind the API is none of the provider's business. */
export function unnoticed(deliveries: readonly WebhookDelivery[]): Finding {
  const again = deliveries.filter(({ attempts }) => attempts > 1);
  const [first] = again;
  return {
    invariant: 'R9',
    fact: 'every webhook was answered by 200 when it came for the first time',
    checked: deliveries.length,
    broken: again.length,
    example: first === undefined ? null : `number ${first.id}, which was tried ${first.attempts} times`,
  };
}

function transcripts({ expected, got }: Customers): Finding {
  const wrong = [...expected].flatMap(([waId, texts]) => {
    const read = (got.get(waId) ?? []).map(({ text }) => text);
    const place = texts.findIndex((text, index) => read[index] !== text);
    if (place === -1 && read.length === texts.length) return [];
    const at = place === -1 ? texts.length : place;
    return [`${waId}, message ${at + 1}: "${read[at] ?? 'nothing'}" instead of "${texts[at] ?? 'nothing'}"`];
  });
  return {
    invariant: 'I7',
    fact: 'every customer has read what the workflow says, in its order, and nothing else',
    checked: expected.size,
    broken: wrong.length,
    example: wrong[0] ?? null,
  };
}

function calls(desk: Desk): Finding {
  const wrong = [...desk.keysByOrder].filter(([, keys]) => keys.size > 1).map(([order]) => order);
  return {
    invariant: 'I6',
    fact: 'a service that knows idempotency keys was called for each order with one',
    checked: desk.keysByOrder.size,
    broken: wrong.length,
    example: wrong[0] ?? null,
  };
}

async function asAdmin<Result>(adminUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
