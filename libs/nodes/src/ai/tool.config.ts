import { dataSchemaShape, deferred, duration, type NodeTypeSpec, value } from '@workflows/core';
import { z } from 'zod';
import { dataReadSpec } from '../data-read/data-read.config.js';
import { dataWriteSpec } from '../data-write/data-write.config.js';
import { emitSpec } from '../emit/emit.config.js';
import { httpRequestConfig } from '../http-request/http-request.config.js';

/** The inputs of an action whose node type this library does not have yet: checked as values, and not field by field. */
const anyInputs = () => z.record(z.string(), value());

const action = <Type extends string, Config extends z.ZodType>(type: Type, config: Config) =>
  z.strictObject({
    type: z.literal(type).describe('Node type of the action'),
    with: config.describe('Inputs of that type; they see the arguments as args'),
  });

/** What a tool may do: the activities that neither speak to the contact nor call another model. */
const actionConfig = z.discriminatedUnion('type', [
  action('http.request', httpRequestConfig),
  action('data.read', dataReadSpec.config),
  action('data.write', dataWriteSpec.config),
  action('contact.update', anyInputs()),
  action('emit', emitSpec.config),
  action('workflow.call', anyInputs()),
]);

const approvalConfig = z
  .strictObject({
    queue: z.string().min(1).describe('Queue of the people who decide'),
    timeout: duration().describe('How long they may take; it counts in the deadline of the node'),
    onTimeout: z.literal('reject').describe('What silence means').optional(),
  })
  .describe('A person has to agree before the call is made')
  .optional();

const toolName = () => z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, 'A name of letters, digits, "_" and "-"');

export const toolsConfig = z
  .array(
    z.strictObject({
      name: toolName().describe('Name by which the model calls it'),
      description: z.string().min(1).max(1000).describe('What it does and when to use it, for the model'),
      args: dataSchemaShape.describe('Schema of the arguments, the only thing that the model fills in'),
      // Each call has arguments of its own, so nothing of it can be rendered before.
      do: deferred(actionConfig.describe('The action')),
      effect: z.enum(['read', 'idempotent', 'unsafe']).describe('What a repetition of the action does').optional(),
      approval: approvalConfig,
    }),
  )
  .max(50)
  .describe('What the model may do')
  .superRefine((tools, context) => {
    for (const [index, { name, args }] of tools.entries()) {
      if (tools.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `another tool is called '${name}'` });
      if (args.type !== 'object')
        context.addIssue({ code: 'custom', path: [index, 'args'], message: 'arguments are an object: write "type": "object"' });
    }
  });

export type Tools = z.infer<typeof toolsConfig>;

export const mcpConfig = z
  .array(
    z.strictObject({
      server: z.string().min(1).describe("Name of the tenant's MCP server"),
      allow: z.array(z.string().min(1)).min(1).max(100).describe('The only tools of it that may be called'),
      approval: approvalConfig,
    }),
  )
  .max(10)
  .describe('Tools of MCP servers');

/** The names that the inputs of an action see: `args`, by the schema of its own tool. */
export function toolLocals(tools: Tools | undefined, place: string): ReturnType<NonNullable<NodeTypeSpec['locals']>> {
  const index = /^\/with\/tools\/(\d+)\/do\//.exec(place)?.[1];
  const tool = index === undefined ? undefined : tools?.[Number(index)];
  return tool ? { args: tool.args } : {};
}
