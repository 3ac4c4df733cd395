/** One finding about a request: where in it, what, and what to do. */
export interface StartProblem {
  /** JSON Pointer into the request. */
  path: string;
  code: string;
  message: string;
}

/** A run cannot be started as asked, and asking again will not help. */
export class StartRefused extends Error {
  constructor(
    readonly code: 'not_published' | 'trigger' | 'input' | 'condition' | 'contact' | 'event',
    message: string,
    path: string,
    readonly problems: StartProblem[] = [{ path, code: `start.${code}`, message }],
  ) {
    super(message);
    this.name = 'StartRefused';
  }
}
