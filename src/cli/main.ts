import { diffCommand } from './commands/diff.js';
import { exportHistoryCommand } from './commands/export-history.js';
import { exportCommand } from './commands/export.js';
import { importCommand } from './commands/import.js';
import { publishCommand } from './commands/publish.js';
import { replayCommand } from './commands/replay.js';
import { rollbackCommand } from './commands/rollback.js';
import { runCommand } from './commands/run.js';
import { tailCommand } from './commands/tail.js';
import { testCommand } from './commands/test.js';
import { validateCommand } from './commands/validate.js';
import { argumentsOf, type Command, usageOf } from './command.js';
import { CommandFailed } from './command-failed.js';
import { processTerminal, type Terminal } from './terminal.js';

const COMMANDS: readonly Command[] = [
  validateCommand,
  testCommand,
  publishCommand,
  runCommand,
  tailCommand,
  exportCommand,
  importCommand,
  diffCommand,
  rollbackCommand,
  replayCommand,
  exportHistoryCommand,
];

/**
 * `npx workflows`: resolves with the exit code. 0: done and good. 1: looked at, and not good (an invalid document, a
 * failed test, a failed run, a refusal by the engine). 2: not done (wrong usage, no such file, no engine).
 */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? terminal.complain : terminal.say)(overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    terminal.complain(`There is no command "${name}".\n\n${overview()}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.say(usageOf(command));
    return 0;
  }
  try {
    return await command.run(argumentsOf(command, rest), terminal);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    terminal.complain(error.message);
    if (rest.includes('--json')) terminal.say(JSON.stringify({ error: error.message, problems: error.problems }, null, 2));
    return error.exitCode;
  }
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name, operands }) => `${name} ${operands}`.length));
  const lines = COMMANDS.map(({ name, operands, summary }) => `  ${`${name} ${operands}`.padEnd(width)}  ${summary}`);
  return [
    'Usage: workflows COMMAND [options]',
    '',
    ...lines,
    '',
    'Every command takes --json and --help. Those that ask a running engine take --url and --key, or WORKFLOWS_URL and',
    'WORKFLOWS_KEY, and find what `npm start` has started in DATA_DIR by themselves.',
  ].join('\n');
}
