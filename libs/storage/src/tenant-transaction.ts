import type pg from 'pg';
import { DatabaseRefusal } from '@workflows/ports';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Runs `work` in a transaction that row-level security binds to one tenant. The only place that sets a tenant.
 * The setting is local to the transaction: on a pooled connection a wider one would leak into the next request.
 */
export async function inTenantTransaction<Result>(
  pool: pg.Pool,
  tenantId: string,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  if (!UUID.test(tenantId)) throw new DatabaseRefusal('invalid', 'The tenant id is no UUID.');
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((reason: unknown) => {
      // A connection that cannot even roll back is thrown away, so that no setting of it is met again.
      broken = reason instanceof Error ? reason : new Error(String(reason));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
