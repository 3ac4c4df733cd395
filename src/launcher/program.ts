import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  name: string;
  script: string;
  environment: Record<string, string | undefined>;
  /** Gets every line that the program prints. */
  onLine: (line: string) => void;
  /** Called when the program ends although nobody asked it to. */
  onUnexpectedExit: (how: string) => void;
}

/**
 * A program of ours as a child process. Both ends hold an IPC channel: the child sends one message with its `url` when
 * it is ready, and ends when the channel closes, which happens even when this process is killed with -9.
 */
export class Program {
  private stopping = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(options: ProgramOptions): Promise<Program> {
    const child = spawn(process.execPath, ['--enable-source-maps', options.script], {
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C goes to the whole group of the terminal; the order of stopping is ours.
      detached: true,
    });
    const last: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream, (line) => {
        last.push(line);
        if (last.length > 20) last.shift();
        options.onLine(line);
      });
    }
    const url = await readiness(child, options.name, last);
    const program = new Program(child, url);
    child.once('exit', (code, signal) => {
      if (!program.stopping)
        options.onUnexpectedExit(`${options.name} ended by itself (${signal ?? `exit code ${String(code)}`})`);
    });
    return program;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const impatient = setTimeout(() => this.child.kill('SIGKILL'), 25_000);
    await gone;
    clearTimeout(impatient);
  }
}

function readiness(child: ChildProcess, name: string, last: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${name} did not start: ${reason}\n${last.join('\n')}`));
    };
    const timer = setTimeout(() => failed('it was not ready within 60 seconds.'), 60_000);
    child.once('error', (error) => failed(error.message));
    child.once('exit', (code) => failed(`it ended with exit code ${String(code)}.`));
    child.on('message', (message) => {
      if (typeof message !== 'object' || !('url' in message) || typeof message.url !== 'string') return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(message.url);
    });
  });
}

function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.filter((line) => line !== '').forEach(onLine);
  });
}
