import type { JsonObject, Problem } from '@workflows/core';
import { z } from 'zod';
import { runTests, type RunTestsOptions } from './run-tests.js';
import { failed } from './test-problem.js';

const share = z.number().min(0).max(1).optional();

/** The tenant setting `publish`: whether tests must pass before a publish, and how much they have to go through. */
const publishSetting = z.strictObject({
  tests: z.enum(['required', 'optional']).optional(),
  coverage: z.strictObject({ nodes: share, ports: share, catches: share }).optional(),
});

/**
 * What keeps a document from being published in a tenant with these settings: nothing, unless
 * `settings.publish.tests` is `required`. Then it needs tests, all of them must pass, and they have to reach
 * `settings.publish.coverage` (shares from 0 to 1 of nodes, ports and catches).
 */
export async function publishGate(definition: unknown, settings: JsonObject, options: RunTestsOptions = {}): Promise<Problem[]> {
  const setting = publishSetting.safeParse(settings['publish'] ?? {});
  if (!setting.success) {
    const hint = 'Write { "tests": "required", "coverage": { "nodes": 1 } }, or remove it.';
    return [
      failed('/tests', 'The setting "publish" of the tenant has another shape, so nobody knows which tests it asks for.', {
        hint,
      }),
    ];
  }
  const { tests, coverage } = setting.data;
  if (tests !== 'required') return [];
  const report = await runTests(definition, { ...options, ...(coverage === undefined ? {} : { coverage }) });
  if (report.tests.length === 0 && report.passed) {
    return [failed('/tests', 'The tenant asks for tests, and the workflow has none.', { hint: 'Write some into "tests".' })];
  }
  return [...report.problems, ...report.tests.flatMap(({ problems }) => problems)].filter(({ severity }) => severity === 'error');
}
