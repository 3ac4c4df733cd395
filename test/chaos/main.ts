import { Ground } from './ground.js';
import { type Options, readOptions, USAGE } from './options.js';
import { play, type Played } from './play.js';

/** Plays what was asked for, each play on ground of its own, and ends with 1 when an invariant broke. */
export async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === null) return void console.log(USAGE);
  const { seed, queue, plays, seconds, customers, json } = options;
  console.error(`seed ${seed}`);
  const began = performance.now();
  const say = (line: string): void => console.error(`[${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s] ${line}`);
  const results: Array<Played & { faults: string; repeat: string }> = [];
  for (const faults of plays) {
    const ground = await Ground.own(queue);
    try {
      const played = await play(ground, { seed, faults, seconds, customersPerTenant: customers, say });
      const names = faults.map(({ name }) => name).join(',');
      const result = { ...played, faults: names, repeat: repeatOf(options, names) };
      results.push(result);
      console.log(inWords(result));
    } finally {
      await ground.stop();
    }
  }
  const passed = results.every((result) => result.passed);
  if (json) console.log(JSON.stringify({ passed, seed, queue, seconds, plays: results }));
  process.exitCode = passed ? 0 : 1;
}

function repeatOf({ seed, queue, seconds, customers }: Options, names: string): string {
  return `npm run chaos -- --fault ${names} --queue ${queue} --seconds ${seconds} --customers ${customers} --seed ${seed}`;
}

function inWords({
  passed,
  faults,
  struck,
  orders,
  messages,
  calls,
  settleSeconds,
  findings,
  reasons,
  repeat,
}: Played & { faults: string; repeat: string }): string {
  const times = Object.values(struck).join(' and ');
  const head = `${passed ? 'kept  ' : 'BROKEN'} ${faults}: struck ${times} times; ${orders} orders, ${messages} messages, ${calls} calls; at rest after ${settleSeconds} s`;
  const kept = findings.filter(({ broken }) => broken === 0).length;
  return [
    head,
    `       ${kept} of ${findings.length} facts hold`,
    ...reasons.map((reason) => `       ${reason}`),
    `       ${repeat}`,
  ].join('\n');
}
