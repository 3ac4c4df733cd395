import { describe, expect, it } from '@jest/globals';
import { runTests } from './run-tests.js';

/** A workflow of these nodes, started by any message, with one test. */
async function play(
  nodes: Record<string, object>,
  start: string,
  test: { given?: object; script: object[]; expect?: object },
  trigger: object = {},
) {
  const bad = { end_bad: { type: 'end', with: { status: 'failed', reason: 'bad' } } };
  const ends = { end_ok: { type: 'end', with: { reason: 'ok' } }, ...(JSON.stringify(nodes).includes('end_bad') ? bad : {}) };
  const { problems, tests } = await runTests({
    dsl: '1.0',
    id: 'small',
    name: 'Small',
    triggers: [{ id: 'any', type: 'channel.message', channels: ['whatsapp'], ...trigger }],
    start,
    nodes: { ...nodes, ...ends },
    tests: [{ name: 'it', expect: {}, ...test, given: { trigger: 'any', now: '2026-03-02T14:00:00Z', ...test.given } }],
  });
  return [...problems.filter(({ severity }) => severity === 'error'), ...tests.flatMap((result) => result.problems)];
}

const send = (rest: object) => ({ send: { type: 'message.send', with: { text: 'Hi' }, next: 'end_ok', ...rest } });
const ask = (rest: object, expected: object) => ({
  ask: {
    type: 'message.ask',
    with: { text: 'What?', expect: expected, ...rest },
    timeout: 'PT1H',
    next: 'end_ok',
    on: { timeout: 'end_bad', exhausted: 'end_bad' },
  },
});
const caught = [{ errors: ['channel.*'], next: 'end_bad' }];

describe('messages', () => {
  it('wait for the receipt that a status brings', async () => {
    const delivered = send({
      with: { text: 'Hi', await: 'delivered' },
      timeout: 'PT5M',
      on: { timeout: 'end_bad' },
      catch: caught,
    });
    expect(
      await play(delivered, 'send', {
        script: [{ in: 'x' }, { expect: { node: 'send' } }, { status: { delivered: true } }],
        expect: { reason: 'ok' },
      }),
    ).toEqual([]);
    expect(
      await play(delivered, 'send', {
        script: [{ in: 'x' }, { status: { failed: 'channel.undeliverable' } }],
        expect: { reason: 'bad', path: { contains: ['send', 'end_bad'] } },
      }),
    ).toEqual([]);
    expect(await play(delivered, 'send', { script: [{ in: 'x' }, { advance: 'PT5M' }], expect: { reason: 'bad' } })).toEqual([]);
  });

  it('that the provider refuses are errors where the node waits for its answer, and nothing where it does not', async () => {
    const given = { mocks: { send: { error: 'channel.undeliverable' } } };
    const waiting = send({ with: { text: 'Hi', await: 'accepted' }, catch: caught });
    expect(
      await play(waiting, 'send', { given, script: [{ in: 'x' }], expect: { reason: 'bad', sends: { exactly: 0 } } }),
    ).toEqual([]);
    expect(
      await play(send({}), 'send', { given, script: [{ in: 'x' }], expect: { reason: 'ok', sends: { exactly: 0 } } }),
    ).toEqual([]);
  });

  it('that cannot be sent at all are errors of the node itself', async () => {
    const given = { mocks: { send: { error: 'channel.invalid' } } };
    expect(await play(send({ catch: caught }), 'send', { given, script: [{ in: 'x' }], expect: { reason: 'bad' } })).toEqual([]);
  });

  it('are answered by media and locations as the contact sends them', async () => {
    const photo = ask({}, { kind: 'media', types: ['image'] });
    expect(
      await play(photo, 'ask', {
        script: [{ in: 'x' }, { in: { media: { type: 'video' } } }, { in: { media: { type: 'image' }, text: 'here' } }],
        expect: { reason: 'ok', sends: { exactly: 2 } },
      }),
    ).toEqual([]);
    const place = ask({}, { kind: 'location' });
    expect(
      await play(place, 'ask', {
        script: [{ in: 'x' }, { in: { location: { latitude: -23.5, longitude: -46.6 } } }],
        expect: { reason: 'ok' },
      }),
    ).toEqual([]);
    expect(
      (await play(place, 'ask', { script: [{ in: 'x' }, { in: { location: { latitude: 99, longitude: 0 } } }] })).map(
        ({ path }) => path,
      ),
    ).toEqual(['/tests/0/script/1/in/location/latitude']);
  });

  it('written in the same burst as the one that brought a question are no answer to it', async () => {
    const nodes = ask({}, { kind: 'text' });
    expect(await play(nodes, 'ask', { script: [{ in: ['x', 'y'] }], expect: { node: 'ask', status: 'waiting' } })).toEqual([]);
    expect(await play(nodes, 'ask', { script: [{ in: 'x' }, { in: 'y' }], expect: { reason: 'ok' } })).toEqual([]);
  });

  it('may start a new run where the session says so, and the test then looks at that one', async () => {
    const nodes = { wait: { type: 'wait.for', with: { duration: 'P1D' }, next: 'end_ok' } };
    const session = { session: { onActive: 'restart' } };
    expect(
      await play(
        nodes,
        'wait',
        {
          script: [
            { in: 'x' },
            { advance: 'PT23H' },
            { in: 'again' },
            { advance: 'PT2H' },
            { expect: { node: 'wait' } },
            { advance: 'PT22H' },
          ],
          expect: { reason: 'ok', calls: { wait: 2 } },
        },
        session,
      ),
    ).toEqual([]);
  });
});

describe('the world of a test', () => {
  it('has the contact and the settings that are given, and neutral ones otherwise', async () => {
    const nodes = send({ with: { text: '{{ contact.name }} {{ contact.timezone }} {{ tenant.settings.company }}' } });
    const given = { contact: { name: 'Ana', timezone: 'America/Sao_Paulo' }, settings: { company: 'Acme' } };
    expect(await play(nodes, 'send', { given, script: [{ in: 'x' }, { out: 'Ana America/Sao_Paulo Acme' }] })).toEqual([]);
  });

  it('starts by the fields of an event, where no message does', async () => {
    const nodes = send({ with: { text: 'You said {{ event.text }}' } });
    expect(await play(nodes, 'send', { given: { event: { text: 'hello' } }, script: [{ out: 'You said hello' }] })).toEqual([]);
  });
});

describe('a mock', () => {
  it('may leave by any port, with the output that this port has', async () => {
    const nodes = ask({}, { kind: 'text' });
    expect(
      await play(nodes, 'ask', {
        given: { mocks: { ask: { outcome: 'timeout' } } },
        script: [{ in: 'x' }],
        expect: { reason: 'bad', sends: { exactly: 0 } },
      }),
    ).toEqual([]);
  });

  it('of a call is an answer that the real node judges: a status outside 2xx is an error', async () => {
    const nodes = {
      call: {
        type: 'http.request',
        with: { method: 'POST', url: 'https://a.example/' },
        next: 'end_ok',
        catch: [{ errors: ['http.418', 'effect.unknown'], next: 'end_bad' }],
      },
    };
    expect(
      await play(nodes, 'call', {
        given: { mocks: { call: { output: { status: 418 } } } },
        script: [{ in: 'x' }],
        expect: { reason: 'bad' },
      }),
    ).toEqual([]);
    // A POST that was not answered in time may have had its effect, so it is not repeated.
    expect(
      await play(nodes, 'call', {
        given: { mocks: { call: { error: 'timeout' } } },
        script: [{ in: 'x' }],
        expect: { reason: 'bad', calls: { call: 1 } },
      }),
    ).toEqual([]);
  });
});
