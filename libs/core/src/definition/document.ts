import { z } from 'zod';
import { catchShape, commonFields, retryShape, successFields } from './common-fields.js';
import { dataSchemaShape } from './data-schema-shape.js';
import { duration, nodeId } from './kinds.js';
import { NAME_PATTERN, WORKFLOW_ID_PATTERN } from './names.js';
import type { NodeTypeSpec } from './node-type.js';
import { testShape } from './test-shape.js';
import { triggerShape } from './triggers.js';

const name = () => z.string().regex(NAME_PATTERN, 'A name of letters, digits and _, starting with a small letter');

export const limitsShape = z.strictObject({
  maxSteps: z.int().min(1).max(1_000_000).optional().describe('Most steps; default 500'),
  maxDuration: duration().optional().describe('Longest life; default P30D'),
  maxSends: z.int().min(0).optional().describe('Most messages to the contact; default 100'),
  maxTokens: z.int().min(0).optional().describe('Most tokens of models; default 100000'),
  maxCostUsd: z.number().min(0).optional().describe('Most that models may cost, in US dollars; default 1'),
});

export const commandShape = z.strictObject({
  keywords: z.array(z.string().min(1)).min(1).describe('Words, compared without case and accents'),
  next: nodeId().describe('Where they lead'),
});

export const defaultsShape = z.strictObject({
  timeout: duration().optional().describe('Timeout of activities that name none; default PT30S'),
  deadline: duration().optional().describe('Deadline of activities that name none; default PT5M'),
  retry: retryShape.optional().describe('For activities that have none of their own'),
  catch: z.array(catchShape).optional().describe('For errors that no node catches itself'),
  commands: z.array(commandShape).optional().describe('Words that leave every question at once'),
});

/** The document without its nodes' types: what is the same whichever node types are registered. */
export const envelopeFields = {
  $schema: z.string().optional().describe('A hint to editors; ignored'),
  dsl: z.literal('1.0').describe('Version of the language'),
  id: z
    .string()
    .regex(WORKFLOW_ID_PATTERN, 'An id of small letters, digits and -, starting with a letter')
    .describe('Unique in the tenant'),
  name: z.string().min(1).max(200).describe('Name for people'),
  labels: z.record(z.string(), z.string()).optional().describe('For filtering'),
  version: z.int().min(1).optional().describe('Given by the server at publish, ignored in drafts'),
  vars: z.record(name(), dataSchemaShape).optional().describe('Variables of a run, by name'),
  limits: limitsShape.optional().describe('What one run may use up; it fails behind that'),
  defaults: defaultsShape.optional().describe('For nodes that say nothing else'),
  triggers: z.array(triggerShape).min(1).describe('What starts a run'),
  start: nodeId().describe('The first node'),
  tests: z.array(testShape).optional().describe('Runs in a simulator that must come out as written'),
};

/** One node of a type, whole: common fields, the type's own fields and `with`. */
export function nodeSchema(spec: NodeTypeSpec<never, never> | NodeTypeSpec): z.ZodObject {
  const takesNothing = spec.config.safeParse({}).success;
  const own = spec.fields instanceof z.ZodObject ? spec.fields.shape : {};
  return z
    .strictObject({
      type: z.literal(spec.type),
      ...commonFields,
      ...(spec.hasNext ? successFields : {}),
      ...(spec.type.startsWith('wait.')
        ? { interruptible: z.boolean().optional().describe('A message of the contact leaves by on.message') }
        : {}),
      with: (takesNothing ? spec.config.optional() : spec.config).describe('Inputs of the node'),
      ...own,
    })
    .meta({ title: spec.title, description: spec.description });
}

/** The whole language as one schema, for the given node types. */
export function languageSchema(specs: readonly NodeTypeSpec[]): z.ZodObject {
  const nodes = specs.map((spec) => nodeSchema(spec));
  const [first, ...others] = nodes;
  if (!first) throw new Error('The language needs at least one node type: pass the specs of the registry.');
  return z.strictObject({ ...envelopeFields, nodes: z.record(name(), z.union([first, ...others])).describe('Nodes by id') });
}
