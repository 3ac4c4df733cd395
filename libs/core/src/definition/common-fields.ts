import { z } from 'zod';
import { dataSchemaShape } from './data-schema-shape.js';
import { duration, nodeId, value } from './kinds.js';

/** `vars.x`: how a document names a variable that it writes. */
export const variablePath = () => z.string().regex(/^vars\.[a-z][a-zA-Z0-9_]{0,63}$/, 'A variable, such as vars.email');

export const errorPattern = () =>
  z.string().regex(/^(\*|[a-z_]+(\.[a-z0-9_]+)*(\.\*)?)$/, 'An error code, a family such as channel.*, http.4xx, http.5xx or *');

export const retryShape = z.strictObject({
  maxAttempts: z.int().min(1).max(100).optional().describe('Tries in all, the first included; default 3'),
  interval: duration().optional().describe('Pause before the second try; default PT1S'),
  backoff: z.number().min(1).max(10).optional().describe('Factor from one pause to the next; default 2'),
  maxInterval: duration().optional().describe('Longest pause; default PT1M'),
  jitter: z.enum(['full', 'none']).optional().describe('full: each pause is a random part of its length'),
  on: z.array(errorPattern()).min(1).optional().describe('Errors that are tried again; default: the retryable codes'),
});

export const catchShape = z.strictObject({
  errors: z.array(errorPattern()).min(1).describe('Patterns; the first rule that matches is taken'),
  next: nodeId().describe('Where such an error leads'),
  save: variablePath().optional().describe('Stores {code, message, node, attempts}'),
});

export const assignShape = z.record(variablePath(), value());

/** The fields that every node may have (language, section 3). `with` and a type's own fields are added per type. */
export const commonFields = {
  typeVersion: z.int().min(1).optional().describe('Version of the node type; absent means 1, for ever'),
  title: z.string().max(200).optional().describe('Label for people'),
  on: z.record(z.string(), nodeId()).optional().describe('Outcome ports: where each leads'),
  catch: z.array(catchShape).optional().describe('What happens on an error, first match wins'),
  retry: retryShape.optional().describe('Whether and when a failed attempt is tried again'),
  timeout: duration().optional().describe('Activity: one attempt. Waiting node: how long it waits'),
  deadline: duration().optional().describe('Activity: all attempts together with their pauses'),
  maxVisits: z.int().min(1).max(1000).optional().describe('Visits per run; the next one leaves by on.visits'),
  sensitive: z.boolean().optional().describe('Inputs and outputs are redacted in history, logs and traces'),
  compensate: z
    .strictObject({
      type: z.string().describe('Node type of an activity'),
      with: z.json().optional().describe('Inputs of that activity; they are rendered when the step is done'),
    })
    .optional()
    .describe('Undoes the step when the run later fails'),
};

/** Fields of nodes that go on through `next`. */
export const successFields = {
  next: nodeId().optional().describe('Where the run goes on'),
  output: dataSchemaShape.optional().describe('Schema of the primary result'),
  save: variablePath().optional().describe('Stores the primary result'),
  assign: assignShape.optional().describe('Variables set on next; the values see the result as output'),
};

export type Retry = z.infer<typeof retryShape>;
