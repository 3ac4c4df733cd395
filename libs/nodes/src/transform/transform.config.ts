import { cel, eachValue, type NodeTypeSpec, value } from '@workflows/core';
import { z } from 'zod';

const LIST_FIELDS = ['where', 'distinctBy', 'sortBy', 'descending', 'limit'] as const;

const config = z
  .strictObject({
    from: value().describe('The list to go through; without it there is one value').optional(),
    where: cel().describe('Condition over each.item and each.index; items for which it does not hold are left out').optional(),
    value: eachValue().describe('What becomes of each item, or the one value'),
    distinctBy: cel().describe('Of values with the same key only the first stays; sees each.value too').optional(),
    sortBy: cel().describe('Key by which the values are put in order; sees each.value too').optional(),
    descending: z.boolean().describe('Largest key first').optional(),
    limit: z.int().min(0).max(1000).describe('At most so many values').optional(),
  })
  .superRefine((given, context) => {
    if (given.from !== undefined) return;
    for (const field of LIST_FIELDS) {
      if (given[field] === undefined) continue;
      context.addIssue({ code: 'custom', path: [field], message: `'${field}' works on a list: say which by "from"` });
    }
  });

export type TransformConfig = z.infer<typeof config>;

export const transformSpec: NodeTypeSpec<TransformConfig> = {
  type: 'transform',
  typeVersion: 1,
  title: 'Reshape values',
  description: 'Filters a list, maps, makes distinct, sorts and cuts it; or computes one value.',
  group: 'flow',
  category: 'pure',
  config,
  hasNext: true,
  ports: () => [],
  primary: 'value',
  output: ({ config }) => ({
    type: 'object',
    properties: { value: config.from === undefined ? {} : { type: 'array' } },
    required: ['value'],
  }),
  mapping: ({ config }) => ({ value: config.value, ...(config.from === undefined ? {} : { from: config.from }) }),
};
