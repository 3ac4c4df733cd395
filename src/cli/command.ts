import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandFailed } from './command-failed.js';
import type { Terminal } from './terminal.js';

type ParseOptions = NonNullable<ParseArgsConfig['options']>;

export interface Option {
  /** What stands for the value in the usage; absent for a switch. */
  value?: string;
  description: string;
}

export interface Command {
  name: string;
  /** What comes behind the name, in capitals; in brackets what may be left out: `FILE`, `[EXECUTION]`. */
  operands: string;
  summary: string;
  options: Record<string, Option>;
  /** Resolves with the exit code, and throws CommandFailed for what could not be done. */
  run(given: Arguments, terminal: Terminal): Promise<number>;
}

/** What was given to a command. */
export class Arguments {
  constructor(
    private readonly operands: readonly string[],
    private readonly values: Record<string, string | boolean | undefined>,
  ) {}

  /** The first operand; commands whose operand is required never see undefined, because the parsing has refused. */
  get operand(): string {
    return this.operands[0] ?? '';
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  isSet(name: string): boolean {
    return this.values[name] === true;
  }
}

const JSON_OPTION: Record<string, Option> = { json: { description: 'Print JSON for programs instead of words.' } };

/** For commands that ask a running engine. */
export const ENGINE_OPTIONS: Record<string, Option> = {
  url: { value: 'URL', description: 'Address of the engine; else WORKFLOWS_URL, else what `npm start` wrote into DATA_DIR.' },
  key: { value: 'KEY', description: 'API key; else WORKFLOWS_KEY (which no other user of the machine can read).' },
};

export function argumentsOf(command: Command, argv: readonly string[]): Arguments {
  const known = { ...command.options, ...JSON_OPTION };
  const options: ParseOptions = Object.fromEntries(
    Object.entries(known).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
  );
  const { positionals, values } = parsed(command, argv, options);
  const needsOperand = command.operands !== '' && !command.operands.startsWith('[');
  if (needsOperand && positionals.length === 0) throw wrongUsage(command, `${command.operands} is missing.`);
  if (positionals.length > 1) throw wrongUsage(command, `"${positionals[1] ?? ''}" is one argument too many.`);
  return new Arguments(positionals, Object.fromEntries(Object.entries(values).filter(isPlain)));
}

export function usageOf({ name, operands, summary, options }: Command): string {
  const known = Object.entries({ ...options, ...JSON_OPTION });
  const flags = known.map(([flag, { value }]) => `--${flag}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...flags.map((flag) => flag.length));
  const lines = known.map(([, { description }], index) => `  ${(flags[index] ?? '').padEnd(width)}  ${description}`);
  return [`Usage: workflows ${name}${operands === '' ? '' : ` ${operands}`} [options]`, '', summary, '', ...lines].join('\n');
}

function parsed(command: Command, argv: readonly string[], options: ParseOptions) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw wrongUsage(command, error instanceof Error ? error.message : String(error));
  }
}

function wrongUsage(command: Command, reason: string): CommandFailed {
  return new CommandFailed(2, `${reason}\n\n${usageOf(command)}`);
}

function isPlain(entry: [string, unknown]): entry is [string, string | boolean] {
  return typeof entry[1] === 'string' || typeof entry[1] === 'boolean';
}
