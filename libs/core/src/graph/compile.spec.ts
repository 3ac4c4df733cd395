import { describe, expect, it } from '@jest/globals';
import { WorkflowError } from '../failure.js';
import type { CompiledGraph } from './compiled-graph.js';
import { compile } from './compile.js';
import { leadForm } from './__fixtures__/documents.js';
import { put } from './__fixtures__/mutate.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { loadGraph } from './load.js';

function graphOf(document: unknown): CompiledGraph {
  const result = compile(document, { nodeTypes });
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.graph;
}

const now = '2026-03-02T17:00:00.000Z';
const run = { id: 'r1', now, startedAt: now, workflow: 'lead-form', version: 1 };

describe('compile', () => {
  const graph = graphOf(leadForm());

  it('accepts a good document without a warning', () => {
    expect(compile(leadForm(), { nodeTypes })).toMatchObject({ ok: true, problems: [] });
  });

  it('renders texts against the scope', () => {
    const { config } = graph.nodes['review']!.render({ vars: { email: 'a@b.example', seats: 20 }, run });
    expect(config).toMatchObject({ text: 'Please check:\na@b.example\n20 seats', expect: { kind: 'option' } });
  });

  it('keeps the type of a value that is one expression', () => {
    const { config } = graph.nodes['enrich']!.render({ vars: { email: 'a@b.example', seats: 20 } });
    expect(config).toMatchObject({ body: { email: 'a@b.example', seats: 20 } });
  });

  it('fills in the defaults of the config', () => {
    expect(graph.nodes['enrich']!.render({ vars: { email: 'a@b.example', seats: 1 } }).config).toMatchObject({
      response: 'json',
    });
  });

  it('evaluates conditions with locals as typed by the node', () => {
    const evaluate = (size: string, value: number) =>
      graph.nodes['ask_seats']!.evaluate("vars.size != 's1' || value <= 10", { vars: { size }, value });
    expect([evaluate('s1', 10), evaluate('s1', 11), evaluate('s2', 5000)]).toEqual([true, false, true]);
  });

  it('reads through optionals what an earlier step may have left', () => {
    const render = (steps: object) => graph.nodes['thanks']!.render({ steps: JSON.parse(JSON.stringify(steps)) }).config;
    expect(render({})).toEqual({ text: 'Thanks! Your team will hear from us.' });
    expect(render({ enrich: { status: 200, body: { company: 'Acme' } } })).toEqual({ text: 'Thanks! Acme will hear from us.' });
  });

  it('fails with expr.failed and never repeats a value of the run', () => {
    const render = () => graph.nodes['review']!.render({ vars: { email: 'secret@b.example' } });
    expect(render).toThrow(WorkflowError);
    expect(render).toThrow(/^expr\.failed: .*vars\.seats/);
    expect(render).not.toThrow(/secret/);
  });

  it('assigns what sees the output', () => {
    const assign = graph.nodes['ask_optin']!.assign['optIn']!;
    expect([assign({ output: { value: 'yes' } }), assign({ output: { value: 'no' } })]).toEqual([true, false]);
  });

  it('names the ports of a switch by their place', () => {
    expect(graph.nodes['reviewed']!.ports).toEqual({ 'cases/0': 'ask_email', default: 'enrich' });
    expect(graph.nodes['ask_email']!.ports).toEqual({ next: 'ask_size', timeout: 'end_abandoned', exhausted: 'end_abandoned' });
  });

  it('puts times in milliseconds and merges retry with the defaults', () => {
    expect(graph.nodes['enrich']).toMatchObject({
      timeoutMs: 10_000,
      deadlineMs: 180_000,
      retry: { maxAttempts: 4, intervalMs: 1000, backoff: 2, maxIntervalMs: 60_000, jitter: 'full' },
      catch: [{ errors: ['*'], next: 'thanks', save: 'failure' }],
    });
    expect(graph.nodes['ask_email']).toMatchObject({ timeoutMs: 1_800_000, deadlineMs: null });
    expect(graph.limits).toEqual({ maxSteps: 200, maxDurationMs: 604_800_000, maxSends: 100 });
  });

  it('compiles the trigger with its session and its defaults', () => {
    expect(graph.triggers['wa_keyword']).toMatchObject({
      definition: { keywordMatch: 'exact', priority: 0, kinds: ['text', 'option', 'media', 'location'] },
      session: { key: 'contact', onActive: 'resume', debounceMs: 3000, maxDebounceMs: 15_000 },
    });
  });

  it('compiles whom the runs of a webhook are bound to', () => {
    const contact = { connection: 'main', address: '+{{ event.body.phone }}', name: "{{ event.query['name'] }}" };
    const { triggers } = graphOf(
      put(leadForm(), '/triggers/0', { id: 'wa_keyword', type: 'webhook', auth: { type: 'none' }, contact }),
    );
    const { connection, address, id, name } = triggers['wa_keyword']!.contact!;
    const scope = { event: { body: { phone: 5511987654321 }, query: { name: 'Ana' } } };
    expect([connection, address?.(scope), id, name?.(scope)]).toEqual(['main', '+5511987654321', undefined, 'Ana']);
  });

  it('hashes what a document means: order, version and labels do not count', () => {
    const { labels: _labels, ...rest } = leadForm();
    const other = Object.fromEntries(Object.entries({ ...rest, version: 7 }).reverse());
    expect(graphOf(other).hash).toBe(graph.hash);
    expect(graphOf({ ...leadForm(), name: 'Another' }).hash).not.toBe(graph.hash);
  });

  it.each([[null], [undefined], ['text'], [[]], [12n], [{ a: 1n }]])(
    'refuses %p, which is no document, without throwing',
    (document) => {
      expect(compile(document, { nodeTypes })).toMatchObject({ ok: false, problems: [{ code: 'shape.invalid', path: '' }] });
    },
  );

  it('refuses a cycle and endless nesting without throwing', () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    let deep: object = {};
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    for (const document of [cyclic, deep]) expect(compile(document, { nodeTypes }).ok).toBe(false);
  });
});

describe('loadGraph', () => {
  it('runs a published version again, the same as when it was compiled', () => {
    const loaded = loadGraph({ ...leadForm(), version: 3 }, { nodeTypes });
    expect(loaded).toMatchObject({ version: 3, start: 'ask_email', hash: graphOf(leadForm()).hash });
    expect(loaded.nodes['ask_optin']!.assign['optIn']!({ output: { value: 'yes' } })).toBe(true);
  });

  it('names the node type that is gone', () => {
    const remaining = nodeTypes.filter((spec) => spec.type !== 'wait.until');
    expect(() => loadGraph(leadForm(), { nodeTypes: remaining })).toThrow(/next_day.*wait\.until/);
  });
});
