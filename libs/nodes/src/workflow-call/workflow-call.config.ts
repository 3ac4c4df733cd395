import { type DataSchema, type NodeTypeSpec, value, WORKFLOW_ID_PATTERN } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({
  workflow: z.string().regex(WORKFLOW_ID_PATTERN, 'The id of a workflow').describe('Id of the workflow that is called'),
  version: z
    .union([z.literal('published'), z.int().min(1)])
    .describe('Which version of it runs: what is published at the call, or one by its number')
    .meta({ default: 'published' })
    .optional(),
  input: value()
    .describe("What the called run gets as event.input; checked by the schema of the workflow's call trigger")
    .optional(),
  mode: z
    .enum(['wait', 'detach'])
    .describe('Wait for its end and its result, or let it go its own way')
    .meta({ default: 'wait' })
    .optional(),
});

export type WorkflowCallConfig = z.infer<typeof config>;

const CALLED: DataSchema = {
  type: 'object',
  properties: {
    runId: { type: 'string', description: 'Id of the called run' },
    status: { type: 'string', description: '"completed", or "running" where nobody waits for it' },
    result: { description: 'The output of its end. Its shape is the node\'s "output" schema' },
  },
  required: ['runId', 'status', 'result'],
};

export const workflowCallSpec: NodeTypeSpec<WorkflowCallConfig> = {
  type: 'workflow.call',
  typeVersion: 1,
  title: 'Call a workflow',
  description:
    'Starts a run of another workflow with the same contact, and waits for its end. A run that is waited for is cancelled together with its caller.',
  group: 'waiting',
  category: 'waiting',
  config,
  hasNext: true,
  ports: ({ config: { mode } }) => (mode === 'detach' ? [] : [{ name: 'timeout', required: true }]),
  output: () => CALLED,
  primary: 'result',
};
