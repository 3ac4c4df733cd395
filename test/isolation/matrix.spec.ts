import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, OPERATOR_KEY, type TestTenant } from '../flow/api-under-test.js';
import { type Operation, operationsOf } from './operations.js';
import { CANARIES, HAS_ONE_OWNER, MAKES_ITS_OWN, MAKES_ITS_OWN_ROW, NO_TENANTS, REQUESTS, thingOf, THINGS } from './requests.js';
import { Report } from './report.js';
import { comparable, type Raw, send } from './send.js';
import { spellingsOf } from './spellings.js';
import { newAttacker, plantVictim, rowsOf, VICTIM } from './world.js';

/**
 * Every operation of the OpenAPI document, asked for what belongs to another tenant. A new operation is in the matrix
 * by itself; one that takes a body needs a line in `requests.ts`, and fails here until it has it.
 */
type Side = 'victim' | 'unknown';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const SCOPES = ['read', 'write', 'admin'];

let api: ApiUnderTest;
let victim: TestTenant & { keyId: string };
let operations: Operation[];
let before: Record<string, unknown[]>;
const report = new Report();

beforeAll(async () => {
  api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
  victim = await plantVictim(api);
  operations = operationsOf((await api.ask('GET', '/openapi.json')).json);
  before = await rowsOf(api, VICTIM);
}, 60_000);

afterAll(async () => {
  await api.stop();
  process.stdout.write(`\n${report.print(operations)}\n`);
});

const valueOf = (thing: string, side: Side): string => {
  const found = THINGS[thing];
  if (found === undefined)
    throw new Error(`THINGS in test/isolation/requests.ts does not know "${thing}". Write what the victim has.`);
  return found[side];
};

/** The path with the things of one side; `own` says what stands instead, by parameter. */
function pathFor(operation: Operation, side: Side, own: Record<string, string> = {}): string {
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (operation.path.startsWith('/v1/node-types')) return 'end';
    return own[name] ?? valueOf(thingOf(operation, name), side);
  });
  return filled + (REQUESTS[operation.name]?.((thing) => valueOf(thing, side)).query ?? '');
}

/** Asks for the things of one side. */
function ask(
  operation: Operation,
  side: Side,
  key?: string,
  { method = operation.method, path = pathFor(operation, side) } = {},
): Promise<Raw> {
  const { body, headers } = REQUESTS[operation.name]?.((thing) => valueOf(thing, side)) ?? {};
  const carries = method === operation.method;
  return send(api.url, method, path, {
    ...(key === undefined ? {} : { key }),
    ...(carries && body !== undefined ? { body } : {}),
    ...(carries && headers !== undefined ? { headers } : {}),
  });
}

/** What the request itself said, and may therefore come back. */
const saidIn = (operation: Operation, path: string): string =>
  path + JSON.stringify(REQUESTS[operation.name]?.((thing) => valueOf(thing, 'victim')).body ?? '');

const isNamed = ({ name, parameters }: Operation): boolean =>
  parameters.length > 0 && ![...MAKES_ITS_OWN, ...NO_TENANTS].includes(name);

const idsOf = (operation: Operation, side: Side): string[] =>
  [
    ...operation.parameters.map((name) => THINGS[thingOf(operation, name)]?.[side] ?? ''),
    ...['workflowId', 'contactId', 'conversationId', 'executionId', 'queues.name'].map((thing) => valueOf(thing, side)),
  ].filter((id) => id.length > 1);

const canariesIn = ({ text }: Raw, sent: string): string[] =>
  CANARIES.filter((canary) => text.includes(canary) && !sent.includes(canary));

const differs = (operation: Operation, foreign: Raw, unknown: Raw): boolean =>
  comparable(foreign, idsOf(operation, 'victim')) !== comparable(unknown, idsOf(operation, 'unknown'));

const forTenants = () => operations.filter(({ audience }) => audience.kind === 'tenant');

describe('S6: every operation, asked for the things of another tenant', () => {
  it('S6: covers every operation of the document', () => {
    expect(operations.length).toBeGreaterThan(70);
    for (const operation of operations.filter(({ audience }) => audience.kind !== 'public'))
      for (const name of operation.parameters)
        if (!NO_TENANTS.includes(operation.name)) expect(valueOf(thingOf(operation, name), 'victim')).not.toBe('');
    const known = new Set(operations.map(({ name }) => name));
    for (const name of [...Object.keys(REQUESTS), ...MAKES_ITS_OWN, ...NO_TENANTS])
      expect([name, known.has(name)]).toEqual([name, true]);
  });

  it('S6: answers as for a thing that never was, to the byte, and shows nothing of the other', async () => {
    for (const operation of forTenants()) {
      // One attacker for each side and operation: what the first request makes must not answer the second.
      const answers: Raw[] = [];
      for (const side of ['victim', 'unknown'] as const) {
        const attacker = await newAttacker(api);
        const answer = await ask(operation, side, attacker.key);
        const shown = canariesIn(answer, saidIn(operation, pathFor(operation, side)));
        if (shown.length > 0) report.leak(operation, `shows ${shown.join(', ')}`);
        answers.push({ ...answer, text: answer.text.replaceAll(attacker.id, '<attacker>') });
      }
      const [foreign, unknown] = answers;
      if (foreign === undefined || unknown === undefined) continue;
      report.note(operation, 'foreign', foreign.status);
      report.note(operation, 'unknown', unknown.status);
      const told = HAS_ONE_OWNER[operation.name];
      if (told === undefined ? differs(operation, foreign, unknown) : foreign.status !== told)
        report.leak(operation, `differs:\n${foreign.text}\n${unknown.text}`);
      if (isNamed(operation) && ![403, 404].includes(foreign.status))
        report.leak(operation, `answers ${foreign.status} and not 404:\n${foreign.text}`);
      if (foreign.status >= 500 || foreign.status === 400) report.leak(operation, `was not reached: ${foreign.text}`);
    }
    expect(report.takeLeaks()).toEqual([]);
  }, 300_000);

  it('S6: answers alike for a foreign thing beneath an own parent', async () => {
    const nested = forTenants().filter(({ parameters }) => ['row', 'migrationId'].some((name) => parameters.includes(name)));
    expect(nested.length).toBeGreaterThan(5);
    for (const operation of nested) {
      const own = { table: 'mine', workflowId: 'mine' };
      const [foreign, unknown] = await Promise.all(
        (['victim', 'unknown'] as const).map(async (side) => {
          const { key } = await newAttacker(api);
          return ask(operation, side, key, { path: pathFor(operation, side, own) });
        }),
      );
      if (foreign === undefined || unknown === undefined) continue;
      report.note(operation, 'nested', foreign.status);
      if (differs(operation, foreign, unknown)) report.leak(operation, 'differs beneath an own parent');
      if (foreign.status !== 404 && !MAKES_ITS_OWN_ROW.includes(operation.name))
        report.leak(operation, `answers ${foreign.status} beneath an own parent`);
    }
    const attacker = await newAttacker(api);
    const revoked = await api.ask('DELETE', `/v1/tenants/${attacker.id}/api-keys/${victim.keyId}`, { key: OPERATOR_KEY });
    expect(revoked.status).toBe(404);
    expect(report.takeLeaks()).toEqual([]);
  }, 60_000);

  it('S6: opens nothing by another method', async () => {
    const attacker = await newAttacker(api);
    const known = new Set(operations.map(({ name }) => name));
    for (const operation of forTenants()) {
      for (const method of METHODS.filter((each) => !known.has(`${each} ${operation.path}`))) {
        const answers = await Promise.all(
          (['victim', 'unknown'] as const).map((side) => ask(operation, side, attacker.key, { method })),
        );
        const [foreign, unknown] = answers;
        if (foreign === undefined || unknown === undefined) continue;
        if (canariesIn(foreign, pathFor(operation, 'victim')).length > 0) report.leak(operation, `${method} shows the other's`);
        if (differs(operation, foreign, unknown)) report.leak(operation, `${method} differs`);
        const isHead = method === 'HEAD' && known.has(`GET ${operation.path}`);
        if (
          foreign.status < 400 &&
          !(isHead && (operation.parameters.length === 0 || NO_TENANTS.includes(`GET ${operation.path}`)))
        )
          report.leak(operation, `${method} answers ${foreign.status}`);
      }
    }
    expect(report.takeLeaks()).toEqual([]);
  }, 300_000);

  it('S6: opens nothing by another spelling of the path', async () => {
    for (const operation of operations.filter(({ audience }) => audience.kind !== 'public')) {
      const attacker = await newAttacker(api);
      const spellings = spellingsOf(pathFor(operation, 'victim'));
      for (const path of spellings) {
        const nobody = await ask(operation, 'victim', undefined, { path });
        if (![400, 401, 403, 404, 405].includes(nobody.status))
          report.leak(operation, `${path} answers ${nobody.status} without a key`);
        const foreign = await ask(operation, 'victim', attacker.key, { path });
        const shown = canariesIn(foreign, saidIn(operation, pathFor(operation, 'victim')));
        if (shown.length > 0) report.leak(operation, `${path} shows ${shown.join(', ')}`);
        if (isNamed(operation) && foreign.status < 400) report.leak(operation, `${path} answers ${foreign.status}`);
        if (foreign.status >= 500) report.leak(operation, `${path} answers ${foreign.status}`);
      }
      report.note(operation, 'paths', spellings.length);
    }
    expect(report.takeLeaks()).toEqual([]);
  }, 300_000);

  it('S6: lets in exactly whom the document says', async () => {
    const attacker = await newAttacker(api);
    const callers: Array<[string, string | undefined]> = [
      ['nobody', undefined],
      ['operator', OPERATOR_KEY],
    ];
    for (const scope of SCOPES) callers.push([scope, await api.key(attacker.id, [scope])]);
    for (const operation of operations.filter(({ audience }) => audience.kind !== 'public')) {
      for (const [who, key] of callers) {
        const answer = await ask(operation, 'unknown', key);
        report.note(operation, who, answer.status);
        const allowed =
          operation.audience.kind === 'operator'
            ? who === 'operator'
            : operation.audience.kind === 'tenant' && who === operation.audience.scope;
        const expected = allowed
          ? answer.status !== 401 && answer.status !== 403
          : answer.status === (who === 'nobody' ? 401 : 403);
        if (!expected) report.leak(operation, `answers ${answer.status} to ${who}`);
      }
    }
    expect(report.takeLeaks()).toEqual([]);
  }, 120_000);

  it('S6: proves the sender at the doors that need no key', async () => {
    for (const operation of operations.filter(({ audience }) => audience.kind === 'public')) {
      const path = operation.path.replace('{channel}', 'whatsapp').replace('{endpointId}', THINGS['executionId']?.unknown ?? '');
      const answer = await send(api.url, operation.method, path, operation.method === 'POST' ? { body: {} } : {});
      report.note(operation, 'nobody', answer.status);
      const isHealth = ['/livez', '/readyz'].includes(operation.path);
      if (isHealth ? canariesIn(answer, '').length > 0 : ![401, 403, 404].includes(answer.status))
        report.leak(operation, `answers ${answer.status} to whom it does not know`);
    }
    expect(report.takeLeaks()).toEqual([]);
  });

  it('S6: has asked for every operation', () => expect(report.uncovered(operations)).toEqual([]));

  it('S6: has changed no row of the other tenant', async () => {
    expect(await rowsOf(api, VICTIM)).toEqual(before);
  });

  it('S6: is reached by the tenant itself, so that the matrix asked for things that are there', async () => {
    const last = (operation: Operation): number =>
      operation.method === 'DELETE' ? (operation.parameters.length === 1 ? 2 : 1) : 0;
    for (const operation of forTenants().sort((a, b) => last(a) - last(b) || b.parameters.length - a.parameters.length)) {
      // Its own key goes last of all, outside of this loop.
      if (operation.name === 'DELETE /v1/api-keys/{keyId}') continue;
      const answer = await ask(operation, 'victim', victim.key);
      report.note(operation, 'own', answer.status);
      if ([400, 401, 403, 404].includes(answer.status) || answer.status >= 500)
        report.leak(operation, `is not reached by its own tenant: ${answer.status} ${answer.text}`);
    }
    expect(report.takeLeaks()).toEqual([]);
  }, 120_000);
});
