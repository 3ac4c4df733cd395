import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import type pg from 'pg';
import { PostgresBackend } from './postgres.backend.js';

describe('the queue on Postgres', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('outlives a connection that breaks while BullMQ has it and asks nothing', async () => {
    const errors: string[] = [];
    const backend = new PostgresBackend(database.appUrl, 'wf_app', (error) => errors.push(error.message));
    // As BullMQ borrows one; it is no part of what the backend promises to others.
    const pool = Reflect.get(backend, 'pool') as pg.Pool;
    const lent = await pool.connect();
    const { rows } = await lent.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => lent.once('end', resolve));
    await database.admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    lent.release();
    await backend.ping();
    expect(errors.length).toBeGreaterThan(0);
    await backend.close();
  });
});
