import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseRefusal, DatabaseUnavailable } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { layGround, message } from './__fixtures__/arrange.js';
import { PostgresDatabase } from './postgres.database.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 2 });
});
afterAll(() => test.drop());

describe('the contract of a Database', () => {
  it('answers JSON as values, and null for nothing', async () => {
    expect(await test.database.call('find_connections', { p_channel: 'whatsapp', p_accounts: ['none'] })).toEqual([]);
    expect(await test.database.callAsOperator('find_tenant', { p_key: 'none' })).toBeNull();
    expect(await test.database.callAsTenant(randomUUID(), 'get_tenant')).toBeNull();
  });

  it('S11: forgets the tenant of a call before the next one, also after an error, in 10,000 calls on two connections', async () => {
    const tenants = [(await layGround(test.admin)).tenantId, (await layGround(test.admin)).tenantId];
    const call = async (n: number): Promise<void> => {
      const tenantId = tenants[n % 2] ?? '';
      if (n % 7 === 0)
        return expect(test.database.callAsTenant(tenantId, 'list_conversations', { p_limit: 0, p_cursor: null })).rejects.toThrow(
          'limit',
        );
      if (n % 5 === 0) return void expect(await test.database.call('get_tenant')).toBeNull();
      return void expect(await test.database.callAsTenant<{ id: string }>(tenantId, 'get_tenant')).toMatchObject({
        id: tenantId,
      });
    };
    for (let first = 0; first < 10_000; first += 200) await Promise.all(Array.from({ length: 200 }, (_, n) => call(first + n)));
  });

  it('refuses with a code and a message of ours, and echoes no value of the call', async () => {
    const refused = test.database.callAsTenant(randomUUID(), 'create_api_key', {
      p: { name: 'n', prefix: 'canary', hash: 'canary', scopes: [] },
    });
    await expect(refused).rejects.toThrow(DatabaseRefusal);
    await expect(refused).rejects.toMatchObject({ code: 'invalid', message: expect.not.stringContaining('canary') });
    await expect(test.database.callAsTenant("x'; drop", 'get_tenant')).rejects.toMatchObject({ code: 'invalid' });
    await expect(test.database.call('get_tenant; drop', {})).rejects.toThrow('no name of a function');
  });

  it('stores what people really send: zero characters and broken surrogates too', async () => {
    const ground = await layGround(test.admin);
    await new InboundStore(test.database).accept([message(ground, '+1', { text: 'a\u0000b\uD800c \\u0000 😀' })]);
    const { mailboxes } = await new MailboxStore(test.database).claim(10, 1_000, '');
    expect(mailboxes.flatMap(({ letters }) => letters)).toMatchObject([
      { body: { message: { text: 'a\uFFFDb\uFFFDc \\u0000 😀' } } },
    ]);
  });

  it('pings in time or says that it did not', async () => {
    await test.database.ping(2_000);
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const database = new PostgresDatabase({ connectionString: `postgres://a:b@127.0.0.1:${port}/c`, connectTimeoutMs: 300 });
    await expect(database.ping(50)).rejects.toThrow(DatabaseUnavailable);
    await expect(database.call('get_tenant')).rejects.toThrow(DatabaseUnavailable);
    for (const socket of sockets) socket.destroy();
    await database.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('outlives a connection that the server ends in the middle of a tenant transaction', async () => {
    const { admin, appUrl } = test;
    await admin.query(`create function workflows.end_connection() returns json language plpgsql security definer as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`);
    await admin.query('grant execute on function workflows.end_connection() to wf_app');
    const database = new PostgresDatabase({ connectionString: appUrl, poolSize: 1 });
    for (let n = 0; n < 5; n += 1) {
      await expect(database.callAsTenant(randomUUID(), 'end_connection')).rejects.toThrow(DatabaseUnavailable);
      expect(await database.callAsTenant(randomUUID(), 'get_tenant')).toBeNull();
    }
    await database.close();
  });

  it('says that it is unavailable when nobody listens, and when its connection is cut', async () => {
    const nobody = new PostgresDatabase({ connectionString: 'postgres://a:b@127.0.0.1:1/c' });
    await expect(nobody.call('get_tenant')).rejects.toThrow(DatabaseUnavailable);
    await nobody.close();

    const errors: Error[] = [];
    const cut = new PostgresDatabase({
      connectionString: test.appUrl,
      applicationName: 'cut',
      poolSize: 1,
      onError: (error) => errors.push(error),
    });
    await cut.call('get_tenant');
    await test.admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut'");
    await cut.call('get_tenant').catch((error: unknown) => expect(error).toBeInstanceOf(DatabaseUnavailable));
    expect(await cut.call('get_tenant')).toBeNull();
    await cut.close();
  });
});

describe('assertSafeRole', () => {
  it('accepts wf_app', async () => {
    await test.database.assertSafeRole();
  });

  it.each([
    ['postgres', 'is a superuser'],
    ['bypassing', 'has BYPASSRLS'],
    ['owning', 'owns tables'],
  ])('refuses %s, because it %s, and says what to do', async (role, reason) => {
    await test.admin.query(`do $$ begin
      if not exists (select from pg_roles where rolname = 'bypassing') then create role bypassing bypassrls; end if;
      if not exists (select from pg_roles where rolname = 'owning') then create role owning; end if; end $$`);
    await test.admin.query('grant usage on schema workflows to bypassing, owning; grant create on schema workflows to owning');
    await test.admin.query(
      'create table if not exists workflows.owned (tenant_id uuid); alter table workflows.owned owner to owning',
    );
    const database = new PostgresDatabase({ connectionString: test.adminUrl, role });
    await expect(database.assertSafeRole()).rejects.toMatchObject({
      code: 'unsafe_role',
      message: expect.stringContaining(reason),
    });
    await expect(database.assertSafeRole()).rejects.toThrow('grant wf_app to');
    await database.close();
  });
});
