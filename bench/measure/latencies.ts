export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Percentiles of a list of milliseconds, by the nearest rank, to a hundredth; zeros for an empty list. */
export function percentiles(milliseconds: readonly number[]): Percentiles {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 100) / 100;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Milliseconds that two processes of one machine agree on, with fractions. */
export function wallMillis(): number {
  return performance.timeOrigin + performance.now();
}
