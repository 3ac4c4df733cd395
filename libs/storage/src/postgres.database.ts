import { type DatabaseArguments, Database, DatabaseRefusal, DatabaseUnavailable } from '@workflows/ports';
import pg from 'pg';
import { callStatement } from './call-statement.js';
import { translateError } from './errors.js';
import { inTenantTransaction } from './tenant-transaction.js';

export interface PostgresDatabaseOptions {
  connectionString: string;
  /** What the login acts as; it must be a member of it, or be it. Default `wf_app`. */
  role?: string;
  /** Most connections at once. Default 10. */
  poolSize?: number;
  /** Longest statement, in milliseconds. Default 15,000: far above any call of the road, below a load balancer's patience. */
  statementTimeoutMs?: number;
  /** Longest wait for a connection, in milliseconds. Default 5,000. */
  connectTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Told of errors on idle connections, which nobody else would see. */
  onError?: (error: Error) => void;
}

/**
 * Calls SQL functions through a `pg` pool: embedded Postgres, any Postgres, and Supabase by its connection string.
 * Rejects with DatabaseUnavailable when the server cannot be reached, and with DatabaseRefusal when a rule says no.
 */
export class PostgresDatabase extends Database {
  private readonly pool: pg.Pool;

  constructor(options: PostgresDatabaseOptions) {
    super();
    const role = options.role ?? 'wf_app';
    if (!/^[a-z_][a-z0-9_]*$/.test(role)) throw new Error(`role: "${role}" is no plain role name; use letters, digits and _`);
    this.pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      application_name: options.applicationName ?? 'workflows',
      keepAlive: true,
      options: `-c role=${role} -c statement_timeout=${options.statementTimeoutMs ?? 15_000}`,
    });
    // Without a listener a server that restarts would end the process: idle clients report it here.
    this.pool.on('error', (error) => options.onError?.(error));
    // A client that is lent has no listener of the pool, and one that breaks between two statements of its borrower would
    // end the process. The borrower learns of it by the next statement.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  override async call<Result>(name: string, args: DatabaseArguments = {}): Promise<Result> {
    const statement = callStatement(name, args);
    return this.guarded(async () => {
      const { rows } = await this.pool.query<{ result: Result }>(statement);
      return onlyResult(rows);
    });
  }

  override async callAsTenant<Result>(tenantId: string, name: string, args: DatabaseArguments = {}): Promise<Result> {
    const statement = callStatement(name, args);
    return this.guarded(() =>
      inTenantTransaction(this.pool, tenantId, async (client) => {
        const { rows } = await client.query<{ result: Result }>(statement);
        return onlyResult(rows);
      }),
    );
  }

  /** The functions of the operator run as the role `wf_operator`, which owns them: no setting is needed here. */
  override callAsOperator<Result>(name: string, args: DatabaseArguments = {}): Promise<Result> {
    return this.call(name, args);
  }

  override async ping(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DatabaseUnavailable(`The database did not answer within ${timeoutMs} ms.`)), timeoutMs);
    });
    try {
      await Promise.race([this.guarded(() => this.pool.query('select 1')), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  override async close(): Promise<void> {
    await this.pool.end();
  }

  /**
   * For the boot: refuses to go on as a role that row-level security does not bind (superuser, BYPASSRLS, owner of the
   * tables). Rejects with DatabaseRefusal `unsafe_role`, which says what to do.
   */
  async assertSafeRole(): Promise<void> {
    const role = await this.guarded(async () => {
      const { rows } = await this.pool.query<RoleFacts>(ROLE_FACTS);
      return onlyRow(rows);
    });
    const reason = role.superuser
      ? 'is a superuser'
      : role.bypass
        ? 'has BYPASSRLS'
        : role.owner
          ? 'owns tables of the schema workflows, or is a member of their owner'
          : undefined;
    if (reason === undefined) return;
    throw new DatabaseRefusal(
      'unsafe_role',
      `The engine acts as the database role "${role.name}", which ${reason}: row-level security would not hold. ` +
        'Let it act as wf_app: "grant wf_app to <login>" for a login without special rights, and give DATABASE_URL that login.',
    );
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw translateError(error);
    }
  }
}

interface RoleFacts {
  name: string;
  superuser: boolean;
  bypass: boolean;
  owner: boolean;
}

const ROLE_FACTS = `
  select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as bypass,
    exists (select from pg_catalog.pg_class c where c.relnamespace = 'workflows'::regnamespace and c.relkind in ('r', 'p')
      and pg_catalog.pg_has_role(r.oid, c.relowner, 'MEMBER')) as owner
  from pg_catalog.pg_roles r where r.rolname = current_user`;

function onlyResult<Result>(rows: Array<{ result: Result }>): Result {
  return onlyRow(rows).result;
}

function onlyRow<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('A function call answered without a row, which Postgres never does.');
  return row;
}
