import { launch } from './launcher.js';
import { launcherSettings } from './settings.js';

/** `npm start`: everything on this machine, until Ctrl-C. */
export async function main(): Promise<void> {
  const began = performance.now();
  const stopped = new AbortController();
  const outcome = { exitCode: 0 };
  const launched = await launch(launcherSettings(process.env), process.env, {
    say: (line) => print(line),
    onBroken: (reason) => {
      print(`${reason}. Everything is stopped; its last words are in the log.`);
      outcome.exitCode = 1;
      stopped.abort();
    },
  });
  print(welcome(launched, performance.now() - began));
  await untilTold(stopped);
  print('Stopping ...');
  await launched.stop();
  print('Stopped.');
  process.exit(outcome.exitCode);
}

function welcome(launched: Awaited<ReturnType<typeof launch>>, tookMs: number): string {
  return `
  Workflows is running (ready in ${(tookMs / 1000).toFixed(1)} s). Ctrl-C stops it.

    API        ${launched.apiUrl}/v1       Bearer key in ${launched.apiKeyFile}
    API docs   ${launched.apiUrl}/docs
    Emulator   ${launched.emulatorUrl}     plays Meta, with a WhatsApp number that runs examples/lead-form
    Log        ${launched.logFile}

  Try, in a second terminal:

    npm run demo     plays a whole conversation, up to the message of the next morning
    npm run chat     lets you be the customer; begin with "quote"
`;
}

/** A second Ctrl-C does not wait. */
function untilTold(stopped: AbortController): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopped.signal.aborted) process.exit(130);
      stopped.abort();
    });
  }
  return new Promise((resolve) => {
    if (stopped.signal.aborted) resolve();
    else stopped.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
