import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { conversation } from './conversation.js';
import type { DemoConnection } from './customer.js';
import { Demo } from './demo.js';
import { withEngine } from './running-engine.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

/** `npm run demo [-- NAME]`: exits with 0 only if messages, path and end are the expected ones. */
export async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const example = process.argv[2] ?? 'lead-form';
  const script = conversation.parse(JSON.parse(await readExample(example, 'conversation.json')));
  const { connections } = JSON.parse(await readExample(example, 'connections.json')) as {
    connections: DemoConnection[];
  };
  const [connection] = connections;
  if (connection === undefined)
    throw new Error(`examples/${example}/connections.json has no connection. Add the account that the customer writes to.`);
  await withEngine(example, say, (run) => new Demo(script, run, connection, say).play());
  say(`\nThe demo "${example}" went as expected.`);
  process.exit(0);
}

async function readExample(example: string, file: string): Promise<string> {
  return readFile(`${EXAMPLES}${example}/${file}`, 'utf8').catch(async () => {
    throw new Error(`examples/${example}/${file} is not there. There are: ${(await readdir(EXAMPLES)).join(', ')}.`);
  });
}
