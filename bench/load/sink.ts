import { Program } from '../ground/program.js';

export interface Received {
  runs: number;
  /** Calls whose run had called before. */
  twice: number;
  /** Milliseconds from the sending of the webhook to the call, for each call. */
  delays: number[];
}

/** The sink in its own process, so that its work is on nobody's account. */
export class Sink {
  private constructor(private readonly program: Program) {}

  static async start(): Promise<Sink> {
    return new Sink(await Program.start('dist/bench/load/sink.main.js'));
  }

  get url(): string {
    return this.program.url;
  }

  /** host:port */
  get host(): string {
    return new URL(this.program.url).host;
  }

  async received(): Promise<Received> {
    return (await (await fetch(`${this.url}/?delays`)).json()) as Received;
  }

  async count(): Promise<number> {
    return ((await (await fetch(this.url)).json()) as Received).runs;
  }

  async forget(): Promise<void> {
    await (await fetch(this.url, { method: 'DELETE' })).text();
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}
