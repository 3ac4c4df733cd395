import type { WorkResult } from '../result.js';

/** Figures of one run held against each other; only these can be compared between machines. */
export function ratiosOf(works: readonly WorkResult[]): Record<string, number> {
  const speed = (work: string): number | undefined => works.find((each) => each.work === work)?.runsPerSecond;
  const cost = (work: string): number | undefined => {
    const cpu = works.find((each) => each.work === work)?.cpu;
    return cpu === undefined ? undefined : cpu.node + cpu.postgres;
  };
  const pairs: Array<[string, number | undefined, number | undefined]> = [
    ['w5_vs_bullmq_one_job', speed('w5'), speed('bullmq-one-job')],
    ['w5_vs_bullmq_five_jobs', speed('w5'), speed('bullmq-five-jobs')],
    ['w5_postgres_queue_vs_bullmq_one_job', speed('w5-postgres-queue'), speed('bullmq-one-job')],
    ['cost_200_tenants_vs_1', cost('w5-200-tenants'), cost('w5')],
    ['cost_50000_waiting_vs_none', cost('w5-50000-waiting'), cost('w5')],
    ['cost_1000000_history_rows_vs_few', cost('w5-1000000-history'), cost('w5')],
  ];
  return Object.fromEntries(
    pairs.flatMap(([name, one, other]) =>
      one === undefined || other === undefined || other === 0 ? [] : [[name, Math.round((one / other) * 100) / 100]],
    ),
  );
}
