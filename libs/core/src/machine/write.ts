import type { Json } from '../json.js';

/**
 * What a commit can write beside the run itself, by the function `workflows.apply_write`. A new kind is a member here
 * and a branch there.
 */
export type Write =
  /** An event of the tenant. It is a row with the commit; who waits for it or starts from it is told afterwards. */
  | { type: 'event'; id: string; name: string; key: string | null; data: Json }
  /** A task for people, in a queue of the tenant. It is open as long as the step that wrote it waits. */
  | { type: 'task'; kind: TaskKind; queue: string; title: string; details: Json; due: string; priority?: number }
  /**
   * The step begins to wait for events of this name and key: each comes to it as a signal `event`, those that its run has
   * not read yet at once. `since`: from the start of the run, or from an instant on; `most`: how many of the oldest unread
   * ones are looked at.
   */
  | { type: 'listen'; name: string; key: string; since: string; most: number }
  /** The step does not wait for events any more. */
  | { type: 'unlisten' }
  /** A run of another workflow begins in this mailbox. `waits`: the step is told of its end by a signal `call.ended`. */
  | {
      type: 'call';
      executionId: string;
      workflowId: string;
      versionId: string;
      trigger: string;
      input: Json;
      /** Over how many calls it is reached. */
      depth: number;
      waits: boolean;
    }
  /** Nobody waits for a called run any more: it is cancelled, unless it has ended. */
  | { type: 'hang-up'; executionId: string }
  /** A called run has ended, and tells the step of its caller. */
  | { type: 'answer'; executionId: string; step: number; data: Json };

/** `approval`: people decide. `handoff`: they have the conversation until they give it back. */
export type TaskKind = 'approval' | 'handoff';

/**
 * What a step writes outside of its run for as long as it waits: `begin` when it begins to, and `end` when it does no
 * longer, whatever has ended it. A run that failed and goes on again begins anew.
 */
export interface Registration {
  begin: Write;
  /** Absent where the commit that leaves the step ends it by itself, as it does with tasks. */
  end?: Write;
}
