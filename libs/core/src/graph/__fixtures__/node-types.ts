import { z } from 'zod';
import type { DataSchema } from '../../definition/data-schema.js';
import { cel, duration, nodeId, text, value } from '../../definition/kinds.js';
import type { NodeTypeSpec, Port } from '../../definition/node-type.js';
import { INBOUND_KINDS } from '../../message/inbound.js';

/** Small specs of the node types that run first, enough for the compiler's own tests; the real ones live in libs/nodes. */

const option = z.strictObject({ id: z.string(), title: text(), description: text().optional() });

const content = {
  text: text().optional(),
  media: z
    .strictObject({
      type: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
      url: text().optional(),
      mediaId: text().optional(),
      filename: text().optional(),
    })
    .optional(),
  options: z.union([z.array(option).min(1), z.string().startsWith('{{').meta({ kind: 'value' })]).optional(),
  listLabel: text().optional(),
  link: z.strictObject({ title: text(), url: text() }).optional(),
  location: z.strictObject({ latitude: z.number(), longitude: z.number() }).optional(),
};

const string: DataSchema = { type: 'string' };
const object = (properties: Record<string, DataSchema>, required = Object.keys(properties)): DataSchema => ({
  type: 'object',
  properties,
  required,
});

function spec<C extends z.ZodType, F extends z.ZodType>(
  definition: Omit<NodeTypeSpec<z.infer<C>, z.infer<F>>, 'config' | 'fields' | 'typeVersion' | 'title' | 'description'> & {
    config: C;
    fields?: F;
  },
): NodeTypeSpec {
  const { type } = definition;
  // The registry holds types of any config; each gets back only what its own schema parsed.
  return { typeVersion: 1, title: type, description: `Test double of ${type}`, ...definition };
}

const awaited = z.enum(['queued', 'accepted', 'delivered']).optional();

const sendPorts = (node: { config: { await?: string } }): Port[] =>
  node.config.await === 'delivered' ? [{ name: 'timeout', required: true }] : [];

const messageSend = spec({
  type: 'message.send',
  group: 'messages',
  category: 'activity',
  config: z.strictObject({
    ...content,
    public: z.boolean().optional(),
    await: awaited,
    onUnknown: z.enum(['resend', 'hold']).optional(),
  }),
  hasNext: true,
  ports: sendPorts,
  output: () => object({ messageId: string, status: string }),
  primary: 'messageId',
});

const template = {
  name: z.string().min(1),
  language: text(),
  category: z.enum(['marketing', 'utility', 'authentication']),
  params: z.record(z.string(), text()).optional(),
};

const messageTemplate = spec({
  type: 'message.template',
  group: 'messages',
  category: 'activity',
  config: z.strictObject({
    ...template,
    await: awaited,
    onUnknown: z.enum(['resend', 'hold']).optional(),
  }),
  hasNext: true,
  ports: sendPorts,
  output: () => object({ messageId: string, status: string }),
  primary: 'messageId',
});

const expectation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), minLength: z.int().optional(), maxLength: z.int().optional() }),
  z.strictObject({
    kind: z.literal('number'),
    integer: z.boolean().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal('email') }),
  z.strictObject({ kind: z.literal('date') }),
  z.strictObject({ kind: z.literal('option') }),
  z.strictObject({ kind: z.literal('any') }),
]);

const askConfig = z.strictObject({
  ...content,
  template: z.strictObject(template).optional(),
  expect: expectation,
  checks: z.array(z.strictObject({ when: cel(), text: text() })).optional(),
  reprompt: z.strictObject({ text: text(), max: z.int().min(0).default(2) }).optional(),
  debounce: duration().optional(),
});

function answer(config: z.infer<typeof askConfig>): DataSchema {
  const { expect, options } = config;
  if (expect.kind === 'number') return { type: expect.integer ? 'integer' : 'number' };
  if (expect.kind !== 'option') return string;
  const ids = Array.isArray(options) ? options.map((choice) => option.safeParse(choice).data?.id ?? '') : [];
  return ids.length > 0 ? { type: 'string', enum: ids } : string;
}

const kind: DataSchema = { type: 'string', enum: [...INBOUND_KINDS] };
const count: DataSchema = { type: 'integer' };

const messageAsk = spec({
  type: 'message.ask',
  group: 'messages',
  category: 'waiting',
  config: askConfig,
  hasNext: true,
  ports: ({ config }) => [
    { name: 'timeout', required: true },
    ...(config.expect.kind === 'any' ? [] : [{ name: 'exhausted', required: true }]),
  ],
  output: ({ config }) =>
    object({
      value: answer(config),
      text: string,
      kind,
      messages: { type: 'array', items: object({ id: string }) },
      attempts: count,
    }),
  portOutputs: () => ({ exhausted: object({ text: string, kind, attempts: count }) }),
  primary: 'value',
  locals: ({ config }) => ({ value: answer(config) }),
});

const switchNode = spec({
  type: 'switch',
  group: 'flow',
  category: 'pure',
  config: z.strictObject({}),
  fields: z.strictObject({ cases: z.array(z.strictObject({ when: cel(), next: nodeId() })).min(1), default: nodeId() }),
  hasNext: false,
  ports: () => [],
  targets: ({ fields }) => ({
    ...Object.fromEntries(fields.cases.map((branch, index) => [`/cases/${index}/next`, branch.next])),
    '/default': fields.default,
  }),
  output: () => object({}),
});

const set = spec({
  type: 'set',
  group: 'flow',
  category: 'pure',
  config: z.strictObject({}),
  hasNext: true,
  ports: () => [],
  output: () => object({}),
});

const httpRequest = spec({
  type: 'http.request',
  group: 'activities',
  category: 'activity',
  config: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']),
    url: text(),
    credential: z.string().optional(),
    query: z.record(z.string(), text()).optional(),
    headers: z.record(z.string(), text()).optional(),
    body: value().optional(),
    response: z.enum(['json', 'text', 'none']).default('json'),
    effect: z.enum(['read', 'idempotent', 'unsafe']).optional(),
  }),
  hasNext: true,
  ports: () => [],
  output: () => object({ status: { type: 'integer' }, headers: {}, body: {} }, ['status', 'headers']),
  primary: 'body',
});

const interruptPorts = (node: { interruptible: boolean }): Port[] =>
  node.interruptible ? [{ name: 'message', required: true }] : [];
const interruptOutputs = () => ({ message: object({ text: string, kind }) });

const waitFor = spec({
  type: 'wait.for',
  group: 'waiting',
  category: 'waiting',
  config: z.strictObject({ duration: text() }),
  hasNext: true,
  ports: interruptPorts,
  output: () => object({ firedAt: { type: 'string', format: 'date-time' } }),
  portOutputs: interruptOutputs,
});

const waitUntil = spec({
  type: 'wait.until',
  group: 'waiting',
  category: 'waiting',
  config: z.union([
    z.strictObject({ at: value() }),
    z.strictObject({
      local: z.strictObject({
        addDays: z.int().optional(),
        weekday: z.string().optional(),
        at: z.string(),
        timezone: z.string(),
      }),
    }),
    z.strictObject({ local: z.strictObject({ between: z.array(z.string()).length(2), timezone: z.string() }) }),
  ]),
  hasNext: true,
  ports: (node) => [...interruptPorts(node), { name: 'past', required: false }],
  output: () => object({ firedAt: { type: 'string', format: 'date-time' } }),
  portOutputs: interruptOutputs,
});

const end = spec({
  type: 'end',
  group: 'flow',
  category: 'pure',
  config: z.strictObject({
    status: z.enum(['completed', 'failed', 'cancelled']).default('completed'),
    reason: z.string().optional(),
    output: value().optional(),
  }),
  hasNext: false,
  ports: () => [],
  output: () => object({}),
});

export const nodeTypes: NodeTypeSpec[] = [
  messageSend,
  messageTemplate,
  messageAsk,
  switchNode,
  set,
  httpRequest,
  waitFor,
  waitUntil,
  end,
];
