import type pg from 'pg';

export interface DatabaseCounters {
  commits: number;
  /** Calls of functions of the road and of every other function in plpgsql, by name; needs `track_functions`. */
  calls: Record<string, { calls: number; milliseconds: number }>;
}

/** Switches on the counting of functions, which costs a little and is therefore no part of a measured run. */
export async function countFunctions(admin: pg.Pool): Promise<void> {
  await admin.query("alter system set track_functions = 'pl'");
  await admin.query('select pg_reload_conf()');
}

export async function databaseCounters(admin: pg.Pool): Promise<DatabaseCounters> {
  const commits = await admin.query<{ commits: string }>(
    'select xact_commit as commits from pg_stat_database where datname = current_database()',
  );
  const functions = await admin.query<{ name: string; calls: string; ms: number }>(
    "select funcname as name, calls, self_time as ms from pg_stat_user_functions where schemaname = 'workflows'",
  );
  return {
    commits: Number(commits.rows[0]?.commits ?? 0),
    calls: Object.fromEntries(
      functions.rows.map(({ name, calls, ms }) => [name, { calls: Number(calls), milliseconds: Math.round(ms) }]),
    ),
  };
}
