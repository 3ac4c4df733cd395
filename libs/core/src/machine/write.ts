import type { Json } from '../json.js';

/**
 * What a commit can write beside the run itself, by the function `workflows.apply_write`. A new kind is a member here
 * and a branch there.
 */
export type Write =
  /** An event of the tenant. It is a row with the commit; who waits for it or starts from it is told afterwards. */
  | { type: 'event'; id: string; name: string; key: string | null; data: Json }
  /** A task for people, in a queue of the tenant. It is open as long as the step that wrote it waits. */
  | { type: 'task'; kind: TaskKind; queue: string; title: string; details: Json; due: string };

/** `approval`: people decide. */
export type TaskKind = 'approval';
