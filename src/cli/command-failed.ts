import type { Problem } from '@workflows/core';

/** A finding as a compiler, a test or the API gives it. */
export type Finding = Pick<Problem, 'path' | 'code' | 'message'> & Partial<Problem>;

/** Why a command did not come to its end, in words for whoever typed it. */
export class CommandFailed extends Error {
  constructor(
    /** 1: looked at and refused. 2: could not be tried. */
    readonly exitCode: 1 | 2,
    message: string,
    readonly problems: readonly Finding[] = [],
  ) {
    super(message);
    this.name = 'CommandFailed';
  }
}
