import type { Json, JsonObject } from '@workflows/core';
import { isObject } from './json.js';

/** What a person does in a test, as the signal that the node which waits for it gets. */
export interface HumanAct {
  /** The signal's name, which the node's wait has to name. */
  signal: string;
  /** Node type that waits for it, for people. */
  type: string;
  data(said: Json, at: string): JsonObject;
}

const decided = (decision: 'approved' | 'rejected'): HumanAct => ({
  signal: 'decision',
  type: 'human.approval',
  data: (said, at) => ({ by: 'somebody', ...(isObject(said) ? said : {}), decision, at }),
});

const returned = (signal: string): HumanAct => ({
  signal,
  type: 'human.handoff',
  data: (said) => ({ by: 'somebody', note: '', ...(isObject(said) ? said : {}) }),
});

/** By the word that a script has for it. A node type for people adds what they can do with it. */
const ACTS: Record<string, HumanAct> = {
  approve: decided('approved'),
  reject: decided('rejected'),
  handBack: returned('back'),
  close: returned('closed'),
};

/** The act that a step names, and what is said with it; undefined when it names none, several, or one that is not played. */
export function humanAct(step: JsonObject): { act: HumanAct; said: Json } | undefined {
  const [[name, said] = ['', null], ...more] = Object.entries(step);
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  return act === undefined || more.length > 0 ? undefined : { act, said };
}

export const HUMAN_ACTS: readonly string[] = Object.keys(ACTS);
