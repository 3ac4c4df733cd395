import { durationMs } from '../definition/duration.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import type { TenantContext } from './tenant-context.js';

/** Part of the limit phase: a document may ask for less than the tenant's plan allows, and not for more. */
export function checkCaps(outline: Outline, { plan }: TenantContext): Problem[] {
  if (!plan) return [];
  const { limits } = outline;
  return [
    ...over('maxSteps', limits.maxSteps, plan.maxSteps),
    ...over('maxDuration', milliseconds(limits.maxDuration), milliseconds(plan.maxDuration), plan.maxDuration),
    ...over('maxSends', limits.maxSends, plan.maxSends),
    ...over('maxTokens', limits.maxTokens, plan.maxTokens),
    ...over('maxCostUsd', limits.maxCostUsd, plan.maxCostUsd),
  ];
}

function over(
  name: string,
  wanted: number | undefined,
  cap: number | undefined,
  shown: string | number | undefined = cap,
): Problem[] {
  if (wanted === undefined || cap === undefined || wanted <= cap) return [];
  return [
    {
      path: `/limits/${name}`,
      code: 'limit.cap',
      severity: 'error',
      message: `The tenant's plan allows ${shown} for ${name}.`,
      hint: `Write at most ${shown}, or have the plan raised.`,
    },
  ];
}

const milliseconds = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : durationMs(iso));
