import type { Report, WorkResult } from '../result.js';

/** The report as a Markdown table for people, with the durability level beside every number. */
export function tableOf({ machine, calibration, works, ratios, at }: Report): string {
  const jobs = calibration.noopJobs === null ? 'no Redis here' : `${calibration.noopJobs} BullMQ no-op jobs/s`;
  return [
    `${at}, ${machine.cpus} x ${machine.model}, ${machine.memoryGb} GB, Node ${machine.node}, load before: ${machine.load}`,
    `Calibration: ${jobs}, ${calibration.commits} one-row commits/s, ${calibration.httpRequests} HTTP requests/s`,
    '',
    '| work | runs/s | ack p50 / p95 / p99 ms | webhook to sink p50 / p95 / p99 ms | CPU s per 1,000: node + postgres | commits per run | RSS MB | durability |',
    '|---|---|---|---|---|---|---|---|',
    ...works.filter((work) => work.figures === undefined).map(row),
    '',
    ...works.flatMap((work) =>
      work.figures === undefined
        ? []
        : [
            `${work.what} (${work.durability}): ${Object.entries(work.figures)
              .map(([name, value]) => `${name} ${value}`)
              .join(', ')}`,
          ],
    ),
    ...works.flatMap((work) => (work.remarks ?? []).map((remark) => `${work.work}: ${remark}`)),
    '',
    `Ratios: ${Object.entries(ratios)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  ].join('\n');
}

function row(work: WorkResult): string {
  const times = (given: WorkResult['ackMs']): string => (given === undefined ? '' : `${given.p50} / ${given.p95} / ${given.p99}`);
  const cpu = work.cpu === undefined ? '' : `${work.cpu.node} + ${work.cpu.postgres}`;
  return `| ${[work.work, work.runsPerSecond ?? '', times(work.ackMs), times(work.sinkMs), cpu, work.commitsPerRun ?? '', work.residentMb ?? '', work.durability].join(' | ')} |`;
}
