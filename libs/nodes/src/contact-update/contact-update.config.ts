import { type DataSchema, type NodeTypeSpec, text, value } from '@workflows/core';
import { z } from 'zod';

const field = () =>
  z
    .string()
    .regex(
      /^(name|locale|timezone|attributes\.[a-z][a-zA-Z0-9_]{0,63})$/,
      'One of name, locale, timezone and attributes.<name>, such as attributes.city',
    );

const config = z
  .strictObject({
    set: z
      .record(field(), value())
      .describe(
        'Fields and their values: name, locale, timezone, attributes.<name>. null removes an attribute, or gives the locale or timezone of the tenant back',
      )
      .optional(),
    addTags: z.array(text()).min(1).max(20).describe('Tags that the contact has from now on').optional(),
    removeTags: z.array(text()).min(1).max(20).describe('Tags that it has no more').optional(),
    optOut: z.boolean().describe('true: the contact wants no messages; false: it wants them again').optional(),
  })
  .superRefine((given, context) => {
    if (Object.keys(given).length > 0) return;
    context.addIssue({ code: 'custom', path: [], message: 'Say what changes: set, addTags, removeTags or optOut' });
  });

export type ContactUpdateConfig = z.infer<typeof config>;

const CHANGED: DataSchema = {
  type: 'object',
  properties: { version: { type: 'integer', description: 'The version of the contact now' } },
  required: ['version'],
};

export const contactUpdateSpec: NodeTypeSpec<ContactUpdateConfig> = {
  type: 'contact.update',
  typeVersion: 1,
  title: 'Update the contact',
  description: "Changes the run's contact: its name, locale, timezone, attributes, tags, and whether it wants messages.",
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: () => [],
  output: () => CHANGED,
  primary: 'version',
};
