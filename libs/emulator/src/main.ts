import { EmulatorServer } from './emulator-server.js';

/** `node libs/emulator/dist/main.js`, with EMULATOR_PORT (default: a free one). Prints one line of JSON with its URL. */
const server = new EmulatorServer();
const url = await server.start({
  port: portFrom(process.env['EMULATOR_PORT']),
  host: process.env['EMULATOR_HOST'] ?? '127.0.0.1',
});
process.stdout.write(`${JSON.stringify({ event: 'emulator.ready', url })}\n`);
process.send?.({ event: 'emulator.ready', url });

const stop = () => void server.stop().finally(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
// A parent that is killed says nothing, but its end of the channel closes.
process.once('disconnect', stop);

function portFrom(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`EMULATOR_PORT must be a port from 0 to 65535 (0: any free one), not "${text}".`);
}
