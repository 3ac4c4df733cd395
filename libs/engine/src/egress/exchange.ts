import type { EgressResult } from '@workflows/ports';
import type { Dispatcher } from 'undici';
import { BlockedDestination } from './address-guard.js';
import { decode } from './decode.js';
import { errorCode } from './error-code.js';
import type { Hop } from './redirect.js';

interface ExchangeLimits {
  /** For everything from the name lookup to the last byte of the answer. */
  timeoutMs: number;
  /** Of the answer's body, before and after decompression. */
  maxBytes: number;
  /** Ends it before its time. */
  signal?: AbortSignal;
}

/**
 * One request and its answer. undici calls `onRequestStart` on a connected socket right before it writes: whatever
 * fails earlier was surely never sent, whatever fails later is in doubt.
 */
export function exchange(dispatcher: Dispatcher, hop: Hop, limits: ExchangeLimits): Promise<EgressResult> {
  return new Promise((resolve) => {
    const attempt = new Attempt(limits, resolve);
    if (attempt.isOver) return;
    try {
      dispatcher.dispatch(
        {
          origin: hop.url.origin,
          path: hop.url.pathname + hop.url.search,
          method: hop.method,
          headers: hop.headers,
          body: hop.body ?? null,
        },
        attempt,
      );
    } catch (error) {
      attempt.fail(error);
    }
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | null = null;
  private settled = false;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private received = 0;

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly resolve: (result: EgressResult) => void,
  ) {
    this.timer = setTimeout(() => this.end('timeout', 'in time'), limits.timeoutMs);
    limits.signal?.addEventListener('abort', this.breakOff);
    if (limits.signal?.aborted === true) this.breakOff();
  }

  get isOver(): boolean {
    return this.settled;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Too late: the caller was told that nothing was sent, so nothing may be sent.
    if (this.settled) controller.abort(new Error('expired'));
    else this.controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.headers = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
      ),
    );
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.received += chunk.length;
    if (this.received > this.limits.maxBytes) this.giveUp(`the answer is longer than ${this.limits.maxBytes} bytes`);
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = decode(Buffer.concat(this.chunks), this.headers['content-encoding'], this.limits.maxBytes);
    if (typeof body === 'string') this.giveUp(body);
    else this.settle({ outcome: 'answered', status: this.status, headers: this.headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    if (error instanceof BlockedDestination)
      this.settle({ outcome: 'never_sent', code: 'http.blocked', message: `Blocked: ${error.message}.` });
    else if (isInvalidRequest(error))
      this.settle({ outcome: 'never_sent', code: 'http.blocked', message: 'Blocked: the method or a header is not valid.' });
    else if (this.controller === null)
      this.settle({ outcome: 'never_sent', code: 'network', message: `No connection (${errorCode(error)}).` });
    else this.settle({ outcome: 'in_doubt', code: 'network', message: `The connection broke (${errorCode(error)}).` });
  }

  private readonly breakOff = (): void => this.end('network', 'before it was broken off');

  private end(code: 'timeout' | 'network', when: string): void {
    if (this.controller === null) this.settle({ outcome: 'never_sent', code: 'network', message: `No connection ${when}.` });
    else this.settle({ outcome: 'in_doubt', code, message: `No answer ${when}.` });
    this.controller?.abort(new Error('expired'));
  }

  private giveUp(reason: string): void {
    this.settle({ outcome: 'in_doubt', code: 'network', message: `The answer could not be read: ${reason}.` });
    this.controller?.abort(new Error('unreadable'));
  }

  private settle(result: EgressResult): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.limits.signal?.removeEventListener('abort', this.breakOff);
    this.resolve(result);
  }
}

function isInvalidRequest(error: unknown): boolean {
  return ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'].includes(errorCode(error));
}
