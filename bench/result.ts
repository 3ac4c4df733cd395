import type { Calibration } from './calibration/machine.js';
import type { Percentiles } from './measure/latencies.js';

/** One line of the report. Fields that a work does not measure are absent. */
export interface WorkResult {
  work: string;
  /** What was measured, in one sentence. */
  what: string;
  /** How safe the data was while it was measured. */
  durability: string;
  runs?: number;
  /** Runs a second from the first request to the end of the last run. */
  runsPerSecond?: number;
  ackMs?: Percentiles;
  /** From the sending of a webhook to the call that its run makes. */
  sinkMs?: Percentiles;
  /** CPU seconds per 1,000 runs. */
  cpu?: { node: number; postgres: number };
  commitsPerRun?: number;
  /** Largest resident memory of a process of the product, in MB. */
  residentMb?: number;
  /** Anything else, by name with its unit: `{ "sweep p95 ms": 1.2 }`. */
  figures?: Record<string, number>;
  /** What makes the line worth less, such as requests that were refused. */
  remarks?: string[];
}

export interface Report {
  at: string;
  machine: { cpus: number; model: string; memoryGb: number; node: string; platform: string; load: number };
  calibration: Calibration;
  works: WorkResult[];
  ratios: Record<string, number>;
}
