import { diffValues, type ValueChange } from '../definition/diff.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Json } from '../json.js';
import { type Graphs, stateHash, stateJson } from './replay.js';
import { type RecordedSegment, type Stage, stages } from './stages.js';
import type { ExecutionState } from './state.js';

/** A run as it is stored: where its history must lead. */
export interface RecordedRun {
  segments: readonly RecordedSegment[];
  state: ExecutionState;
  /** What was journalled, by the number of the effect; left out where that is not known. */
  effects?: ReadonlyArray<{ seq: number; node: string; step: number }>;
}

export interface Verdict {
  equal: boolean;
  /** `stateHash` of where the history leads today, and of what is stored. */
  hash: string;
  recordedHash: string;
  /** Null when they are equal. */
  firstDifference: Difference | null;
}

export interface Difference {
  /**
   * `event`: this recorded event finds nobody it is for. `effect`: other effects are asked for than were journalled.
   * `state`: every event fits, but the end differs; `revision` is then the one that last wrote what differs.
   */
  kind: 'event' | 'effect' | 'state';
  revision: number;
  /** Place of the event in its segment, from 0; only of kind `event`. */
  event: number | null;
  /** Where the states at the end differ: `from` as stored, `to` as computed. At most 50. */
  values: ValueChange[];
}

const MOST_VALUES = 50;

/** Computes a run again from its history and compares it with what is stored. Throws on a history without events. */
export function verify(graphs: CompiledGraph | Graphs, run: RecordedRun): Verdict {
  const walked = [...stages(graphs, run.segments)];
  const last = walked.at(-1);
  if (last === undefined) throw new Error('A history has at least one segment.');
  const [hash, recordedHash] = [stateHash(last.state), stateHash(run.state)];
  const values = hash === recordedHash ? [] : diffValues(stateJson(run.state), stateJson(last.state)).slice(0, MOST_VALUES);
  const firstDifference = strayEvent(walked, values) ?? strayEffect(walked, run, values) ?? strayState(walked, values);
  return { equal: firstDifference === null, hash, recordedHash, firstDifference };
}

function strayEvent(walked: readonly Stage[], values: ValueChange[]): Difference | null {
  const stage = walked.find(({ misfit }) => misfit !== null);
  return stage === undefined ? null : { kind: 'event', revision: stage.revision, event: stage.misfit, values };
}

function strayEffect(walked: readonly Stage[], { effects }: RecordedRun, values: ValueChange[]): Difference | null {
  if (effects === undefined) return null;
  const left = new Map(effects.map(({ seq, node, step }) => [seq, `${node} ${step}`]));
  for (const { revision, effects: asked } of walked) {
    for (const { seq, node, step } of asked) {
      if (left.get(seq) !== `${node} ${step}`) return { kind: 'effect', revision, event: null, values };
      left.delete(seq);
    }
  }
  const last = walked.at(-1);
  return left.size === 0 || last === undefined ? null : { kind: 'effect', revision: last.revision, event: null, values };
}

function strayState(walked: readonly Stage[], values: ValueChange[]): Difference | null {
  if (values.length === 0) return null;
  const revision = Math.min(...values.map(({ path }) => lastWritten(walked, path)));
  return { kind: 'state', revision, event: null, values };
}

/** The last revision in which the value at a pointer changed. */
function lastWritten(walked: readonly Stage[], path: string): number {
  const keys = path.split('/').slice(1).map(unescaped);
  let [revision, before] = [walked[0]?.revision ?? 1, ''];
  for (const stage of walked) {
    const now = JSON.stringify(valueAt(stateJson(stage.state), keys) ?? null);
    if (now !== before) revision = stage.revision;
    before = now;
  }
  return revision;
}

function valueAt(value: Json, keys: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Array.isArray(found) ? found[Number(key)] : found[key];
  }
  return found;
}

const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');
