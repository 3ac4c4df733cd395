import { describe, expect, it } from '@jest/globals';
import { compile, type Json, type JsonObject } from '@workflows/core';
import { AiAgentNode } from '../ai-agent/ai-agent.node.js';
import { NODE_SPECS } from '../index.js';

/** A workflow with one node between its start and its end, whose output is an expression. */
function document(node: JsonObject, output: Json = 'done', more: JsonObject = {}): JsonObject {
  const other: JsonObject = JSON.stringify(node).includes('end_other') ? { end_other: { type: 'end' } } : {};
  return {
    dsl: '1.0',
    id: 'with-a-model',
    name: 'With a model',
    vars: { answer: { type: 'string' }, question: { type: 'string', default: '' } },
    triggers: [{ id: 'dm', type: 'channel.message', channels: ['whatsapp'] }],
    start: 'think',
    nodes: { think: { next: 'end_done', ...node }, end_done: { type: 'end', with: { output } }, ...other },
    ...more,
  };
}

function findings(definition: JsonObject, context = {}): string[] {
  return compile(definition, { nodeTypes: NODE_SPECS, context }).problems.map(({ code, path }) => `${code} ${path}`);
}

const generate = (config: JsonObject = {}): JsonObject => ({
  type: 'ai.generate',
  with: { model: 'default', prompt: '{{ event.text }}', ...config },
});

const PERSON: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
};

const ORDER_TOOL: JsonObject = {
  name: 'get_order',
  description: 'Status of an order.',
  args: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
  do: { type: 'http.request', with: { method: 'GET', url: 'https://shop.example/{{ args.id + 1 }}' } },
};

const agent = (config: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  type: 'ai.agent',
  with: { model: 'default', input: '{{ event.text }}', tools: [ORDER_TOOL], ...config },
  on: { limit: 'end_other' },
  ...more,
});

describe('ai.generate', () => {
  it('gives a text, or with a schema an object of it', () => {
    expect(findings(document(generate(), '{{ steps.think.text + steps.think.model }}'))).toEqual([]);
    expect(findings(document(generate({ schema: PERSON }), '{{ steps.think.data.name }}'))).toEqual([]);
    expect(findings(document(generate({ schema: PERSON }), '{{ steps.think.text }}'))).toEqual([
      'ref.unknown_field /nodes/end_done/with/output',
    ]);
    expect(findings(document(generate({ schema: PERSON }), '{{ steps.think.data.age }}'))).toEqual([
      'ref.optional /nodes/end_done/with/output',
    ]);
  });

  it('saves the text, and with a schema the object', () => {
    expect(findings(document({ ...generate(), save: 'vars.answer' }))).toEqual([]);
    expect(findings(document({ ...generate({ schema: PERSON }), save: 'vars.answer' }))).toEqual(['expr.type /nodes/think/save']);
  });
});

describe('ai.classify', () => {
  const classify = (config: JsonObject = {}): JsonObject => ({
    type: 'ai.classify',
    with: { model: 'default', input: '{{ event.text }}', labels: { order: 'About an order', other: 'All else' }, ...config },
  });

  it('gives one of its labels, and nothing else can be compared with it', () => {
    expect(findings(document(classify(), "{{ steps.think.label == 'order' }}"))).toEqual([]);
    expect(findings(document(classify(), "{{ steps.think.label == 'ordr' }}"))).toEqual([
      'expr.enum_value /nodes/end_done/with/output',
    ]);
  });

  it('needs its port for doubts exactly where doubts can be', () => {
    expect(findings(document(classify({ minConfidence: 0.5 })))).toEqual(['graph.port_unwired /nodes/think/on/unsure']);
    expect(
      findings(document({ ...classify({ minConfidence: 0.5 }), on: { unsure: 'end_done' } }, '{{ steps.think.label }}')),
    ).toEqual([]);
    expect(findings(document({ ...classify(), on: { unsure: 'end_done' } }))).toEqual([
      'graph.port_unknown /nodes/think/on/unsure',
    ]);
  });

  it('refuses an example of a label that it does not have', () => {
    expect(findings(document(classify({ examples: [{ text: 'hi', label: 'greeting' }] })))).toEqual([
      'shape.invalid /nodes/think/with/examples/0/label',
    ]);
    expect(findings(document(classify({ labels: { order: 'Alone' } })))).toEqual(['shape.invalid /nodes/think/with/labels']);
  });
});

describe('ai.extract', () => {
  const extract = (schema: JsonObject): JsonObject => ({ type: 'ai.extract', with: { model: 'default', input: 'x', schema } });

  it('gives data of its schema, and leaves by "incomplete" where something can be missing', () => {
    const optional: JsonObject = { type: 'object', properties: { name: { type: 'string' } } };
    expect(findings(document(extract(optional), "{{ steps.think.data.?name.orValue('') }}"))).toEqual([]);
    expect(findings(document(extract(PERSON)))).toEqual(['graph.port_unwired /nodes/think/on/incomplete']);
    expect(findings(document({ ...extract(PERSON), on: { incomplete: 'end_other' } }, '{{ steps.think.data.name }}'))).toEqual(
      [],
    );
  });
});

describe('ai.agent', () => {
  it('has ports for its limits and, where it may ask for a person, for that', () => {
    expect(findings(document(agent()))).toEqual([]);
    expect(findings(document(agent({ handoff: true })))).toEqual(['graph.port_unwired /nodes/think/on/handoff']);
    expect(findings(document(agent({ handoff: true }, { on: { limit: 'end_other', handoff: 'end_other' } })))).toEqual([]);
  });

  it('types the arguments of each tool by the schema of that tool', () => {
    const named: JsonObject = {
      ...ORDER_TOOL,
      name: 'find',
      args: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
      do: { type: 'data.read', with: { table: 'orders', key: '{{ args.id + "x" }}' } },
    };
    expect(findings(document(agent({ tools: [ORDER_TOOL, named] })))).toEqual([]);
    const wrong = { ...named, do: { type: 'emit', with: { name: 'found', key: '{{ args.nr }}' } } };
    expect(findings(document(agent({ tools: [wrong] })))).toEqual(['ref.unknown_field /nodes/think/with/tools/0/do/with/key']);
    expect(findings(document(agent({ input: '{{ args.id }}' })))).toEqual(['ref.scope /nodes/think/with/input']);
  });

  it('renders a call of a tool by its place, with the arguments of that call', () => {
    const result = compile(document(agent()), { nodeTypes: NODE_SPECS });
    const node = result.ok ? result.graph.nodes['think'] : undefined;
    expect(node?.render({ event: { trigger: 'dm', text: 'hi' } }).config).toMatchObject({ input: 'hi', tools: [ORDER_TOOL] });
    expect(node?.evaluate('/with/tools/0/do/with/url', { args: { id: 41 } })).toBe('https://shop.example/42');
  });

  it('lets people who must agree take the time that they are promised', () => {
    const tools = [{ ...ORDER_TOOL, approval: { queue: 'finance', timeout: 'PT2H' } }];
    expect(findings(document(agent({ tools })))).toEqual(['flow.deadline /nodes/think/with/tools/0/approval/timeout']);
    expect(findings(document(agent({ tools }, { deadline: 'PT3H' })))).toEqual([]);
  });

  it('refuses tools of the same name, without an object of arguments, or that do what a tool may not', () => {
    const said = { ...ORDER_TOOL, do: { type: 'message.send', with: { text: 'x' } } };
    expect(findings(document(agent({ tools: [ORDER_TOOL, ORDER_TOOL] })))).toEqual([
      'shape.invalid /nodes/think/with/tools/1/name',
    ]);
    expect(findings(document(agent({ tools: [{ ...ORDER_TOOL, args: { type: 'string' } }] })))).toContain(
      'shape.invalid /nodes/think/with/tools/0/args',
    );
    expect(findings(document(agent({ tools: [said] })))).toEqual(['shape.invalid /nodes/think/with/tools/0/do/type']);
  });

  it('names what it needs of the tenant', () => {
    const tools = [{ ...ORDER_TOOL, approval: { queue: 'finance', timeout: 'PT1M' } }];
    const definition = document(agent({ tools, mcp: [{ server: 'stock', allow: ['check'] }] }));
    expect(findings(definition, { models: ['defaults'], servers: [], queues: [] })).toEqual([
      'ref.resource /nodes/think/with/model',
      'ref.resource /nodes/think/with/tools/0/approval/queue',
      'ref.resource /nodes/think/with/mcp/0/server',
    ]);
    expect(compile(definition, { nodeTypes: NODE_SPECS })).toMatchObject({ unchecked: ['models', 'queues', 'servers'] });
  });
});

describe("the contact's words in what a model is told to do", () => {
  const saved: JsonObject = { vars: { question: { type: 'string', default: '' }, copy: { type: 'string' } } };

  it.each([
    ['{{ event.text }}'],
    ['Answer {{ event.messages[0].text }}'],
    ['{{ conversation.channel + event.text }}'],
    ['{{ steps.?ask.?value.orValue("") }}'],
    ['{{ vars.question }}'],
    ['{{ vars.copy }}'],
  ])('are warned of: %s', (system) => {
    const nodes: JsonObject = {
      ask: {
        type: 'message.ask',
        with: { text: '?', expect: { kind: 'any' } },
        save: 'vars.question',
        timeout: 'PT1H',
        next: 'copy',
        on: { timeout: 'end_done' },
      },
      copy: { type: 'set', assign: { 'vars.copy': '{{ vars.question }}' }, next: 'think' },
      think: { ...generate({ system }), next: 'end_done' },
      end_done: { type: 'end' },
    };
    expect(findings(document({}, 'x', { ...saved, nodes, start: 'ask' }))).toEqual(['flow.prompt_mix /nodes/think/with/system']);
  });

  it('are not found where there are none', () => {
    const system = 'Answer {{ contact.firstName }} of {{ tenant.name }} in {{ contact.locale }} on {{ event.channel }}.';
    expect(findings(document(generate({ system })))).toEqual([]);
  });
});

describe('an agent, as long as its loop is not there', () => {
  it('fails in words, and is not retried for nothing', () => {
    expect(new AiAgentNode().run()).toMatchObject({
      kind: 'failed',
      failure: { code: 'ai.unavailable', kind: 'terminal', message: expect.stringContaining('No model runtime is installed') },
    });
  });
});
