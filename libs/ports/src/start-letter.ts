import type { Caller, ForkOrigin, JsonObject } from '@workflows/core';

/** Starts a run, which is in the mailbox that the letter lies in. */
export interface StartLetter {
  executionId: string;
  workflowId: string;
  /** The published version that the caller resolved. */
  versionId: string;
  trigger: string;
  event: JsonObject;
  /** Of a run that another one calls: the step that waits for it, and over how many calls it is reached. */
  caller?: Caller;
  depth?: number;
  /** Of a run that is called by one which a status has started. */
  byStatus?: true;
  /** Of a run that begins where another one stood; `trigger` and `event` are then that run's. */
  fork?: ForkOrigin & {
    /** True: the runs that have its session are cancelled; otherwise it is, when there are any. */ replace: boolean;
  };
}
