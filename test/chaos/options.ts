import { parseArgs } from 'node:util';
import type { Fault } from './fault.js';
import { FAULTS } from './faults/index.js';

export interface Options {
  seed: number;
  queue: 'postgres' | 'redis';
  /** One play after the other, each with its faults together. */
  plays: Fault[][];
  seconds: number;
  customers: number;
  json: boolean;
}

const USUAL = 'worker-killed,sends-lost';

export const USAGE = `Usage: npm run chaos -- [--fault NAME[,NAME]] [--seed N] [--queue postgres|redis] [--seconds N] [--customers N] [--json]
  --fault      what goes wrong, together; "all" plays each by itself, one after the other (${USUAL} unless given)
${FAULTS.map(({ name, what, needs }) => `                 ${name.padEnd(18)} ${what}${needs === 'redis' ? ' (--queue redis)' : ''}`).join('\n')}
  --seed       decides every random choice; a new one unless given, and printed
  --queue      what the doorbell rings through: postgres unless given
  --seconds    how long things go wrong: 30 unless given
  --customers  customers of each of the two tenants: 12 unless given
  --json       the result as one JSON object in the last line`;

/** Null: help was asked for. Throws with what to write instead. */
export function readOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      fault: { type: 'string', default: USUAL },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      queue: { type: 'string', default: 'postgres' },
      seconds: { type: 'string', default: '30' },
      customers: { type: 'string', default: '12' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { queue } = values;
  if (queue !== 'postgres' && queue !== 'redis') throw new Error(`--queue is "${queue}". Write postgres or redis.`);
  return {
    seed: wholeNumber('seed', values.seed),
    queue,
    plays: playsOf(values.fault, queue),
    seconds: wholeNumber('seconds', values.seconds),
    customers: wholeNumber('customers', values.customers),
    json: values.json,
  };
}

function playsOf(names: string, queue: 'postgres' | 'redis'): Fault[][] {
  if (names === 'all') return FAULTS.filter(({ needs }) => needs !== 'redis' || queue === 'redis').map((fault) => [fault]);
  const faults = names.split(',').map((name) => {
    const fault = FAULTS.find((known) => known.name === name);
    if (fault === undefined) {
      throw new Error(`--fault: there is no fault "${name}". There are: ${FAULTS.map((known) => known.name).join(', ')}, all.`);
    }
    if (fault.needs === 'redis' && queue !== 'redis') throw new Error(`--fault: ${name} needs a Redis. Add --queue redis.`);
    return fault;
  });
  return [faults];
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} is "${text}". Write a whole number.`);
  return Number(text);
}
