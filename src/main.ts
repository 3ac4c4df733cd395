import 'reflect-metadata';
import { createApplication } from './application.js';
import { Config, ConfigurationInvalid } from './config/config.js';
import { Readiness } from './health/readiness.js';
import { JsonLogger } from './logging/json-logger.js';

/** The engine process: reads the environment, listens, and stops when it is told to or when its parent is gone. */
async function main(): Promise<void> {
  const config = Config.from(process.env);
  const { HOST, PORT, ROLE, LOG_LEVEL, SHUTDOWN_GRACE } = config.values;
  const logger = new JsonLogger(LOG_LEVEL);
  process.on('uncaughtException', (error) => die(logger, error));
  process.on('unhandledRejection', (error) => die(logger, error));

  const app = await createApplication(config, logger);
  await app.listen(PORT, HOST);
  const url = await app.getUrl();

  let stopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.log({ msg: 'stopping', reason }, 'Process');
    app.get(Readiness).drain();
    // What is not done by then is found again by its lease: leaving late is worse than leaving work.
    setTimeout(() => process.exit(0), SHUTDOWN_GRACE + 1_000).unref();
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void stop(signal).catch((error: unknown) => die(logger, error)));
  // With a parent on the other end of an IPC channel, its death is a reason to stop: nobody else would.
  if (process.send !== undefined) {
    process.on('disconnect', () => void stop('the parent is gone').catch((error: unknown) => die(logger, error)));
    process.send({ type: 'ready', url });
  }
  logger.log({ msg: 'ready', url, role: ROLE, pid: process.pid }, 'Process');
}

function die(logger: JsonLogger, error: unknown): void {
  logger.fatal(error instanceof Error ? error : new Error(String(error)), 'Process');
  process.exit(1);
}

main().catch((error: unknown) => {
  // The configuration speaks for itself; a stack would bury it.
  if (error instanceof ConfigurationInvalid) process.stderr.write(`${error.message}\n`);
  else new JsonLogger('info').fatal(error instanceof Error ? error : new Error(String(error)), 'Process');
  process.exit(1);
});
