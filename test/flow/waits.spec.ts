import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { send, spoken } from '../support/spoken.js';
import { called, ends } from './author.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A branch for each day of the week, which waits for its midnight. */
const week = called('week', {
  fork: { type: 'parallel', branches: Object.fromEntries(DAYS.map((day) => [day, day])), join: 'join' },
  ...Object.fromEntries(
    DAYS.map((weekday) => [
      weekday,
      { type: 'wait.until', with: { local: { weekday, at: '00:00', timezone: 'tenant' } }, next: 'join' },
    ]),
  ),
  join: { type: 'join' },
  end: ends(Object.fromEntries(DAYS.map((day) => [day, `{{ steps.${day}.firedAt }}`]))),
});

const instant = called(
  'instant',
  {
    until: { type: 'wait.until', with: { at: '{{ timestamp(event.input.at) }}' }, on: { past: 'over' } },
    end: ends('in time'),
    over: ends('over'),
  },
  {
    triggers: [
      {
        id: 'api',
        type: 'call',
        contact: false,
        input: { type: 'object', required: ['at'], properties: { at: { type: 'string', format: 'date-time' } } },
      },
    ],
  },
);

const hours = (id: string, from: string, to: string) =>
  called(id, {
    until: { type: 'wait.until', with: { local: { between: [from, to], timezone: 'America/Sao_Paulo' } } },
    end: ends('{{ steps.until.firedAt }}'),
  });

const event = (id: string, config: JsonObject, more: JsonObject) =>
  called(id, {
    emit: { type: 'emit', with: { name: 'paid', key: '{{ run.id }}', data: { by: 'me' } } },
    // An event exists from the commit of its step on, and this makes it one of its own.
    nap: { type: 'wait.for', with: { duration: 'PT1S' } },
    event: { type: 'wait.event', with: { name: 'paid', key: '{{ run.id }}', ...config }, on: { timeout: 'late' }, ...more },
    end: ends('{{ steps.event.data }}'),
    late: ends('nothing came'),
  });

const nap = spoken('nap', {
  sleep: {
    type: 'wait.until',
    with: { local: { addDays: 2, at: '10:00' } },
    interruptible: true,
    on: { message: 'woken' },
    next: 'done',
  },
  woken: send({ text: 'You woke me: {{ steps.?sleep.text.orValue("-") }}' }),
});

const caller = called('caller', {
  call: {
    type: 'workflow.call',
    with: { workflow: 'callee', version: 'published', mode: 'wait', input: { n: 20 } },
    timeout: 'PT1H',
    on: { timeout: 'late' },
  },
  end: ends('{{ steps.call.result }}'),
  late: ends('late'),
});

describe('a run that waits', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    const { hour, minute } = localClock(3 * HOUR);
    const later = `${hour}:${minute}`;
    tenant = await deployment.tenant([
      week,
      instant,
      hours('inside', '00:00', '23:59'),
      hours('outside', later, localClock(4 * HOUR).hour + ':59'),
      event('since-run', { since: 'run' }, { timeout: 'PT1H' }),
      event('since-step', { since: 'step', until: '{{ run.now + iso("PT30M") }}' }, {}),
      nap,
      called('callee', { end: ends('{{ event.input }}') }),
      caller,
    ]);
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  interface Run {
    status: string;
    output: JsonObject | string | null;
  }
  const start = async (workflow: string, input: JsonObject = {}) =>
    (await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow, input })).executionId;
  const is = (id: string, status: string) =>
    eventually(
      () => tenant.rest.get<Run>(`/v1/executions/${id}`),
      (run) => run.status === status,
    );

  it('for a day of the week goes on when it comes', async () => {
    const id = await start('week');
    for (let day = 0; day < 8; day += 1) {
      await deployment.advance(DAY);
      await pause(400);
    }
    const { output } = await is(id, 'completed');
    const weekday = (at: unknown) =>
      new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'America/Sao_Paulo' })
        .format(new Date(String(at)))
        .toLowerCase();
    expect(DAYS.map((day) => [day, weekday((output as JsonObject)[day])])).toEqual(DAYS.map((day) => [day, day]));
  }, 60_000);

  it('for an instant goes on then, or at once by past', async () => {
    const now = Date.parse((await deployment.emulator.now()).now);
    const [past, future] = [
      await start('instant', { at: new Date(now - HOUR).toISOString() }),
      await start('instant', { at: new Date(now + HOUR).toISOString() }),
    ];
    expect((await is(past, 'completed')).output).toBe('over');
    await is(future, 'waiting');
    await deployment.advance(HOUR);
    expect((await is(future, 'completed')).output).toBe('in time');
  }, 60_000);

  it('for the hours of a day goes on at once inside them, and at their beginning else', async () => {
    await is(await start('inside'), 'completed');
    const id = await start('outside');
    await is(id, 'waiting');
    await deployment.advance(DAY);
    await is(id, 'completed');
  }, 60_000);

  it('for an event takes one that came before, unless it counts from its step on', async () => {
    expect((await is(await start('since-run'), 'completed')).output).toEqual({ by: 'me' });
    const id = await start('since-step');
    await pause(1_500);
    await is(id, 'waiting');
    await deployment.advance(HOUR);
    expect((await is(id, 'completed')).output).toBe('nothing came');
  }, 60_000);

  it('for days is woken by a message where it may be', async () => {
    await deployment.emulator.say('5511970000001', { text: 'nap' });
    await eventually(
      () => tenant.rest.get<{ items: unknown[] }>('/v1/executions?workflow=nap&status=waiting'),
      ({ items }) => items.length === 1,
    );
    await deployment.emulator.say('5511970000001', { text: 'hello' });
    expect((await deployment.sentTo('5511970000001', 1)).at(-1)?.text).toBe('You woke me: hello');
  }, 60_000);

  it('for another run has its result', async () => {
    expect((await is(await start('caller'), 'completed')).output).toEqual({ n: 20 });
  }, 60_000);

  /** The clock in São Paulo, so long from now. */
  function localClock(fromNow: number): { hour: string; minute: string } {
    const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'America/Sao_Paulo' });
    const [hour = '00', minute = '00'] = format.format(Date.now() + fromNow).split(':');
    return { hour, minute };
  }
});
