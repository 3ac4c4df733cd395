import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import { TENANT } from './__fixtures__/channels.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { compile } from './compile.js';

/** A node of a random graph: how long its way may take, and whether the contact speaks on the other one. */
interface Step {
  kind: 'ask' | 'wait' | 'send';
  minutes: number;
  /** Numbers of the nodes that follow; the number behind the last node is the end. */
  next: number;
  other: number;
}

const DAY = 24 * 60;
const SEND_DEADLINE = 5;

/** One node of the graph may be visited so often only. */
interface Counted {
  node: number;
  visits: number;
}

const counts = fc.option(fc.record({ node: fc.integer({ min: 0, max: 5 }), visits: fc.integer({ min: 1, max: 4 }) }));

const graphs = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom<Step['kind']>('ask', 'wait', 'send'),
      minutes: fc.constantFrom(30, 360, 780, 1439, 1440),
      next: fc.integer({ min: 0, max: count }),
      other: fc.integer({ min: 0, max: count }),
    }),
    { minLength: count, maxLength: count },
  ),
);

describe('the bound on the silence', () => {
  it('closes the window exactly where some run finds it closed', () => {
    fc.assert(
      fc.property(graphs, counts, (steps, counted) => {
        const { problems } = compile(documentOf(steps, counted), { nodeTypes, context: TENANT });
        const found = problems.filter(({ code }) => code === 'window.closed').map(({ path }) => path);
        expect(found.sort()).toEqual(closedByRunning(steps, counted).sort());
      }),
      { numRuns: 200 },
    );
  });
});

/** The model: walks every state that a run can be in, one by one: a node, the minutes of silence, the visits so far. */
function closedByRunning(steps: Step[], counted: Counted | null): string[] {
  const seen = new Set<string>();
  const closed = new Set<string>();
  const open: Array<[node: number, silent: number, visits: number]> = [[0, 0, 0]];
  for (let state = open.pop(); state; state = open.pop()) {
    const [node, silent, before] = state;
    const step = steps[node];
    if (!step || seen.has(state.join())) continue;
    seen.add(state.join());
    const visits = counted?.node === node ? before + 1 : before;
    if (step.kind !== 'wait' && silent >= DAY) closed.add(`/nodes/n${node}`);
    const later = Math.min(DAY, silent + (step.kind === 'send' ? SEND_DEADLINE : step.minutes));
    if (counted?.node === node && before === counted.visits) open.push([step.other, silent, before]);
    else if (step.kind === 'ask') open.push([step.next, 0, visits], [step.other, later, visits]);
    else open.push([step.next, later, visits]);
  }
  return [...closed];
}

function documentOf(steps: Step[], counted: Counted | null): JsonObject {
  const target = (number: number): string => (number < steps.length ? `n${number}` : 'end_done');
  const nodes: JsonObject = { end_done: { type: 'end' } };
  for (const [number, step] of steps.entries()) {
    const node = nodeOf(step, target);
    if (counted?.node !== number) nodes[`n${number}`] = node;
    else nodes[`n${number}`] = { ...node, maxVisits: counted.visits, on: { ...onOf(node), visits: target(step.other) } };
  }
  const triggers = [{ id: 'wa', type: 'channel.message', channels: ['whatsapp'] }];
  return { dsl: '1.0', id: 'random', name: 'Random', triggers, start: 'n0', nodes };
}

const onOf = ({ on }: JsonObject): JsonObject => (isObject(on) ? on : {});

function nodeOf({ kind, minutes, next, other }: Step, target: (number: number) => string): JsonObject {
  const duration = `PT${minutes}M`;
  switch (kind) {
    case 'wait':
      return { type: 'wait.for', with: { duration }, next: target(next) };
    case 'send':
      return { type: 'message.send', with: { text: 'Hello.' }, next: target(next) };
    case 'ask':
      return {
        type: 'message.ask',
        with: { text: 'Well?', expect: { kind: 'any' } },
        timeout: duration,
        next: target(next),
        on: { timeout: target(other) },
      };
  }
}
