import { launch } from './launcher.js';
import { findRunning, type RunFile } from './run-file.js';
import { launcherSettings } from './settings.js';

/** Works with the engine of `npm start`, or starts one for as long as the work takes. */
export async function withEngine(
  example: string,
  say: (line: string) => void,
  work: (run: RunFile) => Promise<void>,
): Promise<void> {
  const settings = launcherSettings(process.env);
  const running = await findRunning(settings.dataDir);
  if (running) {
    await work(running);
    return;
  }
  say('No engine is running here, so one is started for this ...');
  const launched = await launch(settings, process.env, { say, example, onBroken: (reason) => say(reason) });
  try {
    await work(launched);
  } finally {
    await launched.stop();
  }
}
