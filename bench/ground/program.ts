import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** A Node program of the checkout in a process of its own. It says `{ url }` over IPC when it is ready, and ends with us. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    readonly url: string,
  ) {}

  /** `script`: path below the checkout. Rejects with the program's last words when it ends before it is ready. */
  static async start(
    script: string,
    environment: Record<string, string> = {},
    nodeOptions: readonly string[] = [],
  ): Promise<Program> {
    const child = spawn(process.execPath, [...nodeOptions, script], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)));
    }
    const url = await new Promise<string>((resolve, reject) => {
      const failed = (why: string): void => {
        child.kill('SIGKILL');
        reject(new Error(`${script} ${why}:\n${words}`));
      };
      const timer = setTimeout(() => failed(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
      child.once('exit', (code) => failed(`ended with exit code ${String(code)}`));
      child.on('message', (message: { url?: string }) => {
        if (message.url === undefined) return;
        clearTimeout(timer);
        child.removeAllListeners('exit');
        resolve(message.url);
      });
    });
    return new Program(child, child.pid ?? 0, url);
  }

  /** SIGTERM, and SIGKILL when that takes too long. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const impatient = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(impatient);
  }
}
