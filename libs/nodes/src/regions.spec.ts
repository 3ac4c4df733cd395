import { describe, expect, it } from '@jest/globals';
import { type HttpEffect, type Json, type JsonObject, replay } from '@workflows/core';
import { Rehearsal } from './__fixtures__/rehearsal.js';

const HOUR = 3_600_000;

const document = (nodes: JsonObject, start: string, more: JsonObject = {}): JsonObject => ({
  dsl: '1.0',
  id: 'regions',
  name: 'Regions',
  vars: {
    answer: { type: 'string' },
    names: { type: 'array', items: { type: 'string' } },
    problem: { type: 'object', properties: { code: { type: 'string' } } },
  },
  triggers: [{ id: 'hello', type: 'channel.message', channels: ['whatsapp'], keywords: ['go'] }],
  start,
  nodes,
  ...more,
});

const NAME = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };

/** Looks up each of three people, with two calls each, one of which may be missing. */
const LOOKUPS = (errors: string): JsonObject =>
  document(
    {
      each_person: {
        type: 'foreach',
        with: { items: ['ana', 'bo', 'cy'], maxItems: 3, concurrency: 2 },
        body: 'split',
        join: 'collected',
      },
      split: { type: 'parallel', branches: { company: 'get_company', person: 'get_person' }, join: 'looked_up' },
      get_company: {
        type: 'http.request',
        with: { method: 'GET', url: 'https://c.example/{{ each.item }}' },
        output: NAME,
        retry: { maxAttempts: 2 },
        next: 'looked_up',
        catch: [{ errors: ['http.404'], next: 'looked_up' }],
      },
      get_person: {
        type: 'http.request',
        with: { method: 'GET', url: 'https://p.example/{{ each.item }}' },
        output: NAME,
        retry: { maxAttempts: 2 },
        next: 'looked_up',
      },
      looked_up: { type: 'join', next: 'collected' },
      collected: {
        type: 'join',
        with: {
          errors,
          collect: "{{ each.item }}/{{ steps.get_person.body.name }}/{{ steps.?get_company.?body.?name.orValue('-') }}",
        },
        save: 'vars.names',
        next: 'end_done',
        catch: [{ errors: ['*'], next: 'end_failed', save: 'vars.problem' }],
      },
      end_done: { type: 'end', with: { output: { names: '{{ vars.names }}', failed: '{{ steps.collected.failed }}' } } },
      end_failed: { type: 'end', with: { status: 'failed', output: "{{ vars.problem.?code.orValue('') }}" } },
    },
    'each_person',
  );

const answers = (missing: Record<string, number>) => (effect: HttpEffect) => ({
  outcome: 'done' as const,
  data: { status: missing[effect.url] ?? 200, headers: {}, body: { name: new URL(effect.url).host.slice(0, 1) } } satisfies Json,
});

/** A question in one branch, and an hour of waiting in the other. */
const MEETING = (join: JsonObject): JsonObject =>
  document(
    {
      both: { type: 'parallel', branches: { talk: 'ask', wait: 'sleep' }, join: 'met' },
      ask: {
        type: 'message.ask',
        with: { text: 'Well?', expect: { kind: 'text' } },
        save: 'vars.answer',
        timeout: 'PT5H',
        next: 'met',
        on: { timeout: 'met', exhausted: 'met' },
      },
      sleep: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'met' },
      met: { type: 'join', with: join, next: 'end_done' },
      end_done: { type: 'end', with: { output: { who: '{{ steps.met.arrived }}', answer: "{{ vars.?answer.orValue('-') }}" } } },
      end_stopped: { type: 'end', with: { status: 'cancelled', reason: 'stopped' } },
    },
    'both',
    { defaults: { commands: [{ keywords: ['stop'], next: 'end_stopped' }] } },
  );

describe('a foreach over calls', () => {
  it('collects what each item has come to, in their order', () => {
    const run = new Rehearsal(LOOKUPS('fail'), answers({ 'https://c.example/bo': 404 }));
    run.say('go');
    expect(run.state).toMatchObject({ status: 'completed', output: { names: ['ana/p/c', 'bo/p/-', 'cy/p/c'], failed: [] } });
    expect(replay(run.graph, run.history)).toEqual(run.state);
  });

  it('reports the item whose call fails, and keeps the others', () => {
    const run = new Rehearsal(LOOKUPS('collect'), answers({ 'https://p.example/bo': 503 }));
    run.say('go');
    run.advance(60_000);
    expect(run.state).toMatchObject({
      status: 'completed',
      output: { names: ['ana/p/c', 'cy/p/c'], failed: [{ index: 1, code: 'http.503' }] },
    });
  });

  it('is over with the first error where the join does not collect', () => {
    const run = new Rehearsal(LOOKUPS('fail'), answers({ 'https://p.example/bo': 403 }));
    run.say('go');
    expect(run.state).toMatchObject({ status: 'failed', output: 'http.403' });
  });
});

describe('a parallel with a question and a wait', () => {
  it('needs both, in whatever order they come', () => {
    const early = new Rehearsal(MEETING({}));
    early.say('go');
    early.say('fine');
    expect(early.state.status).toBe('waiting');
    early.advance(HOUR);
    expect(early.state).toMatchObject({ status: 'completed', output: { who: ['talk', 'wait'], answer: 'fine' } });

    const late = new Rehearsal(MEETING({}));
    late.say('go');
    late.advance(HOUR);
    expect(late.say('fine')).toBe('run');
    expect(late.state).toMatchObject({ status: 'completed', output: { who: ['wait', 'talk'], answer: 'fine' } });
    expect(replay(late.graph, late.history)).toEqual(late.state);
  });

  it('is over with the first where any is enough, and the question is nobody\u2019s any more', () => {
    const run = new Rehearsal(MEETING({ mode: 'any' }));
    run.say('go');
    run.advance(HOUR);
    expect(run.state).toMatchObject({ status: 'completed', output: { who: ['wait'], answer: '-' } });
    expect(run.say('fine')).toBe('nobody');
  });

  it('is left by a command word', () => {
    const run = new Rehearsal(MEETING({}));
    run.say('go');
    run.say('stop');
    expect(run.state).toMatchObject({ status: 'cancelled', reason: 'stopped' });
  });
});
