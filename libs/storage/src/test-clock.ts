import pg from 'pg';

/**
 * Puts a clock that can be moved in the place of `workflows.now()`. For tests and the embedded default only: it is no
 * migration, so a production database has none. `adminUrl` is the owner's connection string.
 */
export async function installTestClock(adminUrl: string): Promise<void> {
  await once(adminUrl, (client) => client.query(INSTALL));
}

/** Moves the clock forward by whole milliseconds and resolves with its distance from real time, in milliseconds. */
export async function advanceTestClock(adminUrl: string, milliseconds: number): Promise<number> {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
    throw new RangeError('milliseconds: a whole number from 0 on is needed, because time only moves forward.');
  }
  const { rows } = await once(adminUrl, (client) =>
    client.query<{ ms: string }>(
      "update workflows.test_clock set ahead = ahead + $1 * interval '1 ms' returning extract(epoch from ahead) * 1000 as ms",
      [milliseconds],
    ),
  );
  return Math.round(Number(rows[0]?.ms));
}

/** How far the clock is ahead of real time, in milliseconds; 0 where no test clock was installed. */
export async function testClockOffset(adminUrl: string): Promise<number> {
  return once(adminUrl, async (client) => {
    const { rows } = await client.query<{ there: boolean }>("select to_regclass('workflows.test_clock') is not null as there");
    if (!rows[0]?.there) return 0;
    const clock = await client.query<{ ms: string }>('select extract(epoch from ahead) * 1000 as ms from workflows.test_clock');
    return Math.round(Number(clock.rows[0]?.ms));
  });
}

const INSTALL = `
  create table if not exists workflows.test_clock (
    only_row boolean primary key default true check (only_row),
    ahead interval not null default '0' check (ahead >= '0')
  );
  insert into workflows.test_clock default values on conflict do nothing;
  grant select on workflows.test_clock to wf_app, wf_road, wf_operator;
  create or replace function workflows.now() returns timestamptz
  language sql stable as $$ select pg_catalog.now() + (select ahead from workflows.test_clock) $$;`;

async function once<Result>(adminUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'workflows test clock' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
