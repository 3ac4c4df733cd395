import { compile, type JsonObject } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { percentiles } from '../measure/latencies.js';
import type { WorkResult } from '../result.js';

/** How long it takes to judge a document of 500 nodes, in a process that has judged some before. */
export function measureCompile(rounds: number): WorkResult {
  const document = largeDocument(500);
  const once = (): number => {
    const start = performance.now();
    const result = compile(structuredClone(document), { nodeTypes: NODE_SPECS });
    const took = performance.now() - start;
    if (result.problems.some(({ severity }) => severity === 'error')) {
      throw new Error(`The document of the benchmark has problems: ${JSON.stringify(result.problems.slice(0, 3))}`);
    }
    return took;
  };
  const first = once();
  for (let n = 0; n < 5; n += 1) once();
  const { p50, p95 } = percentiles(Array.from({ length: rounds }, once));
  return {
    work: 'compile',
    what: 'Compiling a document of 500 nodes: questions, conditions, calls, waits and branches',
    durability: 'in memory',
    figures: { 'first ms': Math.round(first), 'warm p50 ms': p50, 'warm p95 ms': p95 },
  };
}

/** A conversation of many questions in a row, each with its condition, its call to a service and its way out. */
export function largeDocument(size: number): JsonObject {
  const stages = Math.floor((size - 2) / 6);
  const nodes: JsonObject = {};
  for (let n = 0; n < stages; n += 1) {
    const next = n + 1 < stages ? `ask_${n + 1}` : 'bye';
    nodes[`ask_${n}`] = {
      type: 'message.ask',
      with: {
        text: `Question ${n}: how many, {{ contact.firstName }}?`,
        expect: { kind: 'number', integer: true, min: 0, max: 99 },
      },
      timeout: 'PT10M',
      save: `vars.count_${n % 50}`,
      next: `judge_${n}`,
      on: { timeout: `nudge_${n}`, exhausted: 'bye' },
    };
    nodes[`judge_${n}`] = {
      type: 'switch',
      cases: [
        { when: `vars.count_${n % 50} > 50 && contact.tags.exists(t, t == 'big')`, next: `call_${n}` },
        { when: `vars.count_${n % 50} > 10`, next: `note_${n}` },
      ],
      default: `note_${n}`,
    };
    nodes[`call_${n}`] = {
      type: 'http.request',
      with: {
        method: 'POST',
        url: `https://example.com/{{ urlEncode(string(vars.count_${n % 50})) }}`,
        body: { n: `{{ vars.count_${n % 50} }}` },
      },
      output: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      next: `tell_${n}`,
      catch: [{ errors: ['*'], next: `note_${n}` }],
    };
    nodes[`tell_${n}`] = { type: 'message.send', with: { text: `{{ steps.call_${n}.body.ok ? 'Done' : 'Not yet' }}` }, next };
    nodes[`note_${n}`] = { type: 'set', assign: { 'vars.note': `{{ vars.note + '${n}' }}` }, next };
    nodes[`nudge_${n}`] = { type: 'message.send', with: { text: `Still there? ${n}` }, next: 'bye' };
  }
  nodes['bye'] = { type: 'message.send', with: { text: 'Thank you' }, next: 'done' };
  nodes['done'] = { type: 'end', with: { output: '{{ vars.note }}' } };
  const counts: Array<[string, JsonObject]> = Array.from({ length: 50 }, (_, n) => [
    `count_${n}`,
    { type: 'integer', default: 0 },
  ]);
  return {
    dsl: '1.0',
    id: 'large',
    name: 'A long conversation',
    vars: { note: { type: 'string', default: '' }, ...Object.fromEntries(counts) },
    limits: { maxDuration: 'P60D', maxSends: 100 },
    triggers: [{ id: 'hello', type: 'channel.message', channels: ['whatsapp'] }],
    start: 'ask_0',
    nodes,
  };
}
