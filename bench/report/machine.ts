import { cpus, loadavg, totalmem } from 'node:os';
import type { Report } from '../result.js';

export function describeMachine(): Report['machine'] {
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    // Before the first measurement: above a tenth of the cores somebody else is at work, and the figures are worth less.
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
