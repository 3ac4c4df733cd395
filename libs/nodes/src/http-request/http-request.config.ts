import { type DataSchema, type NodeTypeSpec, text, value } from '@workflows/core';
import { z } from 'zod';

export const httpRequestConfig = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('HTTP method'),
  url: text().min(1).describe('Absolute address, http or https'),
  credential: z.string().min(1).describe("Name of the tenant's credential that is added to the request").optional(),
  query: z.record(z.string(), text()).describe('Query parameters, added to those of the address').optional(),
  headers: z.record(z.string(), text()).describe('Request headers; never put secrets here, use a credential').optional(),
  body: value().describe('What is sent').optional(),
  bodyType: z.enum(['json', 'form', 'text']).describe('How the body is written').meta({ default: 'json' }).optional(),
  response: z.enum(['json', 'text', 'none']).describe('How the answer is read').meta({ default: 'json' }).optional(),
  effect: z
    .enum(['read', 'idempotent', 'unsafe'])
    .describe(
      'What a repetition does: nothing, the same once more, or harm. By default GET and HEAD read, PUT and DELETE are idempotent, all else is unsafe',
    )
    .optional(),
});

export type HttpRequestConfig = z.infer<typeof httpRequestConfig>;

const ANSWER: DataSchema = {
  type: 'object',
  properties: {
    status: { type: 'integer' },
    headers: { type: 'object', description: 'Header names are lower case' },
    body: { description: 'Its shape is the node\'s "output" schema' },
  },
  required: ['status', 'headers', 'body'],
};

/** Where the answer is not read, there is no body to rely on. */
const UNREAD_ANSWER: DataSchema = { ...ANSWER, required: ['status', 'headers'] };

export const httpRequestSpec: NodeTypeSpec<HttpRequestConfig> = {
  type: 'http.request',
  typeVersion: 1,
  title: 'Call a service',
  description: 'Makes an HTTP request. Anything but a 2xx answer is an error; a call that must not be repeated is not.',
  group: 'activities',
  category: 'activity',
  config: httpRequestConfig,
  hasNext: true,
  ports: () => [],
  output: ({ config }) => (config.response === 'none' ? UNREAD_ANSWER : ANSWER),
  primary: 'body',
};
