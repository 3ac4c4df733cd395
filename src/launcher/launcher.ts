import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EmulatorClient } from '@workflows/emulator';
import { migrateQueue } from '@workflows/queue';
import { EmbeddedPostgres, installTestClock, migrate, testClockOffset } from '@workflows/storage';
import { DemoCrm } from './demo-crm.js';
import { generatedSecrets, givenSecrets } from './launcher-secrets.js';
import { requireFreePort } from './port-check.js';
import { Program } from './program.js';
import { removeRunFile, writeRunFile, type RunFile } from './run-file.js';
import { seed } from './seed.js';
import type { LauncherSettings } from './settings.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Launched extends RunFile {
  apiKeyFile: string;
  logFile: string;
  /** Ends everything in order: engine, emulator, CRM, database. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  say: (line: string) => void;
  /** Called when a part ended by itself; the rest still runs then. */
  onBroken: (reason: string) => void;
  example?: string;
}

/** Starts the whole system on this machine. When a part does not start, those before it are stopped again. */
export async function launch(
  settings: LauncherSettings,
  environment: NodeJS.ProcessEnv,
  options: LaunchOptions,
): Promise<Launched> {
  const undo: Array<() => Promise<void>> = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await launchAll(settings, environment, options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function launchAll(
  settings: LauncherSettings,
  environment: NodeJS.ProcessEnv,
  { say, onBroken, example = 'lead-form' }: LaunchOptions,
  undo: Array<() => Promise<void>>,
): Promise<Omit<Launched, 'stop'>> {
  await Promise.all([
    requireFreePort(settings.port, 'PORT'),
    requireFreePort(settings.emulatorPort, 'EMULATOR_PORT'),
    requireFreePort(settings.crmPort, 'CRM_PORT'),
  ]);
  await mkdir(settings.dataDir, { recursive: true });
  const logFile = join(settings.dataDir, 'engine.log');
  const log = await openLog(logFile);
  undo.push(() => new Promise((resolve) => log.end(() => resolve())));

  const embedded = settings.databaseUrl === null;
  const secrets = embedded ? await generatedSecrets(settings.dataDir) : givenSecrets(environment);
  const database = await startDatabase(settings, say, undo);
  const crm = new DemoCrm();
  const crmUrl = await crm.start(settings.crmPort);
  undo.push(() => crm.stop());

  const parts = { onLine: (line: string) => record(line, log, say), onUnexpectedExit: onBroken };
  const emulatorProgram = await Program.start({
    ...parts,
    name: 'The emulator',
    script: join(ROOT, 'libs/emulator/dist/main.js'),
    environment: { PATH: environment['PATH'], EMULATOR_PORT: String(settings.emulatorPort) },
  });
  undo.push(() => emulatorProgram.stop());
  const emulator = new EmulatorClient(emulatorProgram.url);
  // The emulator forgets its clock when it ends, the database does not.
  if (database.ahead > 0) await emulator.advanceClock(database.ahead);

  const engine = await Program.start({
    ...parts,
    name: 'The engine',
    script: join(ROOT, 'dist/main.js'),
    environment: {
      ...environment,
      ...secrets,
      ROLE: 'all',
      NODE_ENV: environment['NODE_ENV'] ?? 'development',
      PORT: String(settings.port),
      DATABASE_URL: database.url,
      DATABASE_MIGRATE_URL: database.adminUrl,
      META_GRAPH_URL: emulatorProgram.url,
      META_INSTAGRAM_URL: emulatorProgram.url,
      // The examples call the CRM on this machine.
      EGRESS_ALLOW_PRIVATE: [environment['EGRESS_ALLOW_PRIVATE'], new URL(crmUrl).host].filter(Boolean).join(','),
      ...(embedded ? { TEST_CLOCK: 'true' } : {}),
    },
  });
  undo.push(() => engine.stop());
  const apiUrl = `http://127.0.0.1:${settings.port}`;
  await untilReady(apiUrl);

  const examplesDir = join(ROOT, 'examples');
  const seeded = await seed(example, { apiUrl, crmUrl, dataDir: settings.dataDir, examplesDir, secrets, emulator });
  const run: RunFile = {
    pid: process.pid,
    apiUrl,
    emulatorUrl: emulatorProgram.url,
    operatorKey: secrets.OPERATOR_API_KEY,
    apiKey: seeded.apiKey,
    timezone: seeded.timezone,
  };
  await writeRunFile(settings.dataDir, run);
  undo.push(() => removeRunFile(settings.dataDir));
  return { ...run, apiKeyFile: seeded.apiKeyFile, logFile };
}

interface RunningDatabase {
  url: string;
  adminUrl: string;
  /** How far its clock is ahead of real time, in milliseconds. */
  ahead: number;
}

async function startDatabase(
  settings: LauncherSettings,
  say: (line: string) => void,
  undo: Array<() => Promise<void>>,
): Promise<RunningDatabase> {
  if (settings.databaseUrl !== null && settings.migrateUrl !== null) {
    await migrateAll(settings.migrateUrl, say);
    return { url: settings.databaseUrl, adminUrl: settings.migrateUrl, ahead: 0 };
  }
  const postgres = await EmbeddedPostgres.start({ directory: join(settings.dataDir, 'postgres'), log: say });
  undo.push(() => postgres.stop());
  await migrateAll(postgres.adminUrl, say);
  await installTestClock(postgres.adminUrl);
  return { url: postgres.appUrl, adminUrl: postgres.adminUrl, ahead: await testClockOffset(postgres.adminUrl) };
}

async function migrateAll(adminUrl: string, say: (line: string) => void): Promise<void> {
  const ran = await migrate(adminUrl);
  if (ran.length > 0) say(`Migrated the database (${ran.length} ${ran.length === 1 ? 'step' : 'steps'}).`);
  await migrateQueue(adminUrl);
}

async function untilReady(apiUrl: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  let reason = 'it did not answer';
  while (performance.now() < deadline) {
    const response = await fetch(`${apiUrl}/readyz`).catch(() => null);
    if (response?.ok) return;
    if (response) reason = await response.text();
    await pause(50);
  }
  throw new Error(`The engine was not ready within 30 seconds: ${reason}`);
}

async function openLog(path: string): Promise<WriteStream> {
  const log = createWriteStream(path, { flags: 'a', mode: 0o600 });
  await new Promise<void>((resolve, reject) => log.once('open', () => resolve()).once('error', reject));
  await chmod(path, 0o600);
  return log;
}

/** Everything goes to the file; errors are shown too. */
function record(line: string, log: WriteStream, say: (line: string) => void): void {
  log.write(`${line}\n`);
  if (/"level":"?(?:50|60|error|fatal)\b/.test(line)) say(line);
}
