import { type EngineProcess, freePort, startEngine } from '../support/engine-process.js';

type Role = 'api' | 'worker';

/** One place for a process: whoever stands there is replaced by another with the same environment. */
export class Post {
  private process: EngineProcess | null = null;
  /** Somebody stands here, and is ready. */
  isReady = false;
  private readonly ended: string[] = [];

  constructor(
    readonly name: string,
    private readonly environment: Record<string, string>,
    /** Module that is loaded before the program. */
    private readonly preload: string | undefined,
  ) {}

  /** Starts another process here. Resolves when it is ready. */
  async start(): Promise<void> {
    await this.startWith(this.preload);
  }

  /** The same without what was loaded before its program. */
  async startClean(): Promise<void> {
    await this.startWith(undefined);
  }

  private async startWith(preload: string | undefined): Promise<void> {
    const started = await startEngine(this.environment, { awaitReady: false, ...(preload === undefined ? {} : { preload }) });
    this.process = started;
    this.isReady = (await becomesReady(started)) && this.process === started;
  }

  /** It is gone, though nobody here has told it to go. */
  get hasEnded(): boolean {
    return this.process?.hasEnded() ?? false;
  }

  get running(): EngineProcess {
    if (this.process === null) throw new Error(`Nobody stands at ${this.name}.`);
    return this.process;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const { running } = this;
    this.isReady = false;
    await running.kill();
    this.ended.push(running.log());
  }

  /** SIGTERM; the exit code, and how long it took. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const { running } = this;
    this.isReady = false;
    const began = performance.now();
    const code = await running.stop();
    this.ended.push(running.log());
    return { code, ms: performance.now() - began };
  }

  /** Everything that was said here, by those that are gone too. */
  log(): string {
    return [...this.ended, this.process?.log() ?? ''].join('');
  }
}

/** The product, spread over processes as a deployment would: one that accepts and two that work, on shared ground. */
export class Crew {
  private constructor(
    readonly api: Post,
    readonly workers: readonly Post[],
    readonly url: string,
  ) {}

  /** `preload`: of the worker at this place. */
  static async start(environment: Record<string, string>, preload: (place: number) => string | undefined): Promise<Crew> {
    const port = String(await freePort());
    const post = (name: string, ROLE: Role, PORT: string, module?: string) =>
      new Post(name, { ...environment, ROLE, PORT }, module);
    const workers = await Promise.all(
      ['worker 1', 'worker 2'].map(async (name, place) => post(name, 'worker', String(await freePort()), preload(place))),
    );
    const crew = new Crew(post('api', 'api', port), workers, `http://127.0.0.1:${port}`);
    await Promise.all(crew.posts.map((each) => each.start()));
    return crew;
  }

  get posts(): Post[] {
    return [this.api, ...this.workers];
  }

  async end(): Promise<void> {
    await Promise.all(this.posts.map((post) => post.kill()));
  }
}

const READY_WITHIN_MS = 60_000;

/** Not ready, when it was killed on the way: that is what a fault may do. */
async function becomesReady(process: EngineProcess): Promise<boolean> {
  const gone = process.ended.then(() => true);
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline;) {
    const answer = await fetch(`${process.url}/readyz`).catch(() => null);
    if (answer?.ok === true) return true;
    if (await Promise.race([gone, new Promise<false>((resolve) => setTimeout(() => resolve(false), 50))])) return false;
  }
  return false;
}
