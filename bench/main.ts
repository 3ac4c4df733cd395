import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calibrate } from './calibration/machine.js';
import { Servers } from './ground/servers.js';
import { countFunctions, databaseCounters } from './measure/database-counters.js';
import { plotOf } from './report/plot.js';
import { describeMachine } from './report/machine.js';
import { ratiosOf } from './report/ratios.js';
import { tableOf } from './report/table.js';
import type { Report, WorkResult } from './result.js';
import { measureCompile } from './works/compile.js';
import { worksOf } from './works/index.js';

const USAGE = `Usage: npm run bench -- [works] [--quick] [--json] [--save] [--profile]
  works      names of works or groups: w5, bullmq, open, variants, waits, compile; all but the variants unless given
  --quick    everything shorter: under a minute
  --json     the report as one JSON object in the last line
  --save     keep report, table and plot in bench/results
  --profile  count the functions of the database and write CPU profiles to .data/profiles; its figures are worth less`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) return void console.log(USAGE);
  const profiles = fileURLToPath(new URL('../../.data/profiles', import.meta.url));
  const nodeOptions = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const chosen = worksOf(positionals, { quick: values.quick, nodeOptions });
  const machine = describeMachine();
  const servers = await Servers.start();
  try {
    if (values.profile) await countFunctions(servers.admin);
    const calibration = await calibrate(servers, values.quick ? 1_500 : 4_000);
    const works: WorkResult[] = [];
    for (const [name, work] of chosen) {
      console.error(`${name} ...`);
      const result = await work(servers);
      if (result === null) console.error(`${name}: left out, because there is no redis-server here.`);
      else works.push(result);
    }
    if (positionals.length === 0 || positionals.includes('compile')) works.push(measureCompile(values.quick ? 10 : 40));
    const report: Report = { at: new Date().toISOString(), machine, calibration, works, ratios: ratiosOf(works) };
    console.log(tableOf(report));
    if (values.profile) console.log(JSON.stringify(await databaseCounters(servers.admin), null, 2));
    if (values.save) await save(report);
    if (values.json) console.log(JSON.stringify(report));
  } finally {
    await servers.stop();
  }
}

async function save(report: Report): Promise<void> {
  const directory = fileURLToPath(new URL('../../bench/results/', import.meta.url));
  await mkdir(directory, { recursive: true });
  await writeFile(`${directory}latest.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${directory}latest.md`, `${tableOf(report)}\n`);
  await writeFile(`${directory}latest.svg`, plotOf(report.works));
}

await main();
