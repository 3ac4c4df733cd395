import { cel, nodeId, type NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({});

const fields = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        when: cel().describe('Condition; the first case that holds is taken'),
        next: nodeId().describe('Where this case leads'),
      }),
    )
    .min(1)
    .max(50)
    .describe('Conditions in the order in which they are tried'),
  default: nodeId().describe('Where it goes on when no case holds'),
});

export type SwitchConfig = z.infer<typeof config>;
export type SwitchFields = z.infer<typeof fields>;

export const DEFAULT_TARGET = '/default';

/** JSON Pointer below the node to where a case leads. */
export function caseTarget(index: number): string {
  return `/cases/${index}/next`;
}

export const switchSpec: NodeTypeSpec<SwitchConfig, SwitchFields> = {
  type: 'switch',
  typeVersion: 1,
  title: 'Choose a way',
  description: 'Goes on at the first case whose condition holds, else at the default.',
  group: 'flow',
  category: 'pure',
  config,
  fields,
  hasNext: false,
  ports: () => [],
  targets: ({ fields }) => ({
    ...Object.fromEntries(fields.cases.map(({ next }, index) => [caseTarget(index), next])),
    [DEFAULT_TARGET]: fields.default,
  }),
  output: () => ({ type: 'object', properties: {} }),
};
