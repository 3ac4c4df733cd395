/** What a command has of the process that it runs in. */
export interface Terminal {
  /** A line of the result, on stdout. */
  say: (line: string) => void;
  /** A line about the work or against it, on stderr. */
  complain: (line: string) => void;
  environment: Readonly<Record<string, string | undefined>>;
}

export function processTerminal(): Terminal {
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    environment: process.env,
  };
}
