import { z } from 'zod';
import { duration } from './kinds.js';

/** Tests as data (language, section 9). Their shape is checked with the document; running them is the simulator's work. */

const object = () => z.record(z.string(), z.json());

const mockShape = z.union([
  z.strictObject({ output: object() }),
  z.strictObject({ outcome: z.string().min(1), output: object().optional() }),
  z.strictObject({ error: z.string().min(1), times: z.int().min(1).optional(), output: object().optional() }),
]);

const givenShape = z.strictObject({
  trigger: z.string().min(1).describe('Id of the trigger that starts the run'),
  now: z.string().min(1).describe('Time at which the test begins, ISO 8601 with an offset'),
  channel: z.string().optional(),
  contact: object().optional(),
  settings: object().optional(),
  tables: z.record(z.string(), z.array(object())).optional(),
  event: object().optional(),
  mocks: z.record(z.string(), z.union([mockShape, z.array(mockShape).min(1)])).optional(),
});

const expectShape = z.strictObject({
  status: z.enum(['running', 'waiting', 'paused', 'completed', 'failed', 'cancelled']).optional(),
  reason: z.string().optional(),
  node: z.string().optional().describe('Where the run waits'),
  output: z.json().optional(),
  vars: object().optional(),
  tables: z.record(z.string(), z.array(object())).optional(),
  emitted: z.array(z.json()).optional(),
  sends: z.strictObject({ exactly: z.int().min(0).optional(), atMost: z.int().min(0).optional() }).optional(),
  calls: z.record(z.string(), z.int().min(0)).optional(),
  path: z.strictObject({ contains: z.array(z.string()).optional(), excludes: z.array(z.string()).optional() }).optional(),
  error: z.json().optional(),
});

const inboundShape = z.union([
  z.string(),
  z.strictObject({
    option: z.string().optional(),
    postback: z.string().optional(),
    media: z.json().optional(),
    location: z.json().optional(),
    text: z.string().optional(),
  }),
]);

const outboundShape = z.union([
  z.string(),
  z.strictObject({
    node: z.string().optional(),
    text: z.string().optional(),
    match: z.string().optional(),
    template: z.string().optional(),
    params: object().optional(),
    options: z.array(z.string()).optional(),
    at: z.string().optional(),
  }),
]);

const stepShape = z.union([
  z.strictObject({ in: z.union([inboundShape, z.array(inboundShape).min(1)]) }),
  z.strictObject({ out: outboundShape }),
  z.strictObject({ advance: duration() }),
  z.strictObject({ advanceTo: z.string().min(1) }),
  z.strictObject({ event: z.strictObject({ name: z.string().min(1), key: z.string().optional(), data: z.json().optional() }) }),
  z.strictObject({ human: object() }),
  z.strictObject({ status: object() }),
  z.strictObject({ expect: expectShape }),
]);

export const testShape = z.strictObject({
  name: z.string().min(1),
  given: givenShape,
  script: z.array(stepShape),
  expect: expectShape,
});

/** One test of a document, as it stands there. */
export type WorkflowTest = z.infer<typeof testShape>;
export type TestStep = z.infer<typeof stepShape>;
export type TestExpectation = z.infer<typeof expectShape>;
/** What the contact does in one step: a text, or one of option, postback, media, location and text. */
export type TestInbound = z.infer<typeof inboundShape>;
/** What the next message must be: its exact text, or what of it is named. */
export type TestOutbound = z.infer<typeof outboundShape>;
/** What a node answers in a test instead of touching the world. */
export type NodeMock = z.infer<typeof mockShape>;
