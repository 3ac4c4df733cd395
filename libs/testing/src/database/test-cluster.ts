import { EmbeddedPostgres } from '@workflows/storage';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The one Postgres server of a test run, shared by all suites side by side; each takes a database of its own. */
export interface TestCluster {
  adminUrl: string;
  appUrl: string;
}

const PATIENCE_MS = 60_000;

/** Starts the run's server, or finds the one that another suite has started. */
export async function startTestCluster(): Promise<TestCluster> {
  const directory = process.env['WORKFLOWS_TEST_RUN'];
  if (!directory)
    throw new Error('WORKFLOWS_TEST_RUN is not set: run tests by Jest, whose globalSetup sets it (libs/testing/src/database).');
  const published = join(directory, 'cluster.json');
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const text = await readFile(published, 'utf8').catch(() => null);
    if (text !== null) return parse(text);
    if (await isFirst(directory)) return start(directory, published);
    await pause(50);
  }
  throw new Error(`No suite has started the test server within ${PATIENCE_MS} ms; see ${join(directory, 'server.log')}.`);
}

/** Only one suite can make this directory. One that died while it started the server is replaced after a while. */
async function isFirst(directory: string): Promise<boolean> {
  const claim = join(directory, 'starting');
  try {
    await mkdir(claim);
    return true;
  } catch {
    const facts = await stat(claim).catch(() => null);
    if (facts === null || Date.now() - facts.mtimeMs < PATIENCE_MS / 2) return false;
    await rename(claim, `${claim}.${process.pid}`).catch(() => undefined);
    return false;
  }
}

async function start(directory: string, published: string): Promise<TestCluster> {
  const server = await EmbeddedPostgres.start({ directory, durable: false, maxConnections: 400, database: 'workflows' });
  const cluster: TestCluster = { adminUrl: server.adminUrl, appUrl: server.appUrl };
  await writeFile(`${published}.new`, JSON.stringify(cluster), { mode: 0o600 });
  await rename(`${published}.new`, published);
  return cluster;
}

function parse(text: string): TestCluster {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'adminUrl' in value && 'appUrl' in value) {
    return { adminUrl: String(value.adminUrl), appUrl: String(value.appUrl) };
  }
  throw new Error('cluster.json of the test run does not name the server.');
}
