import {
  canonicalJson,
  type ExecutionEvent,
  type ExecutionState,
  type FrozenSchemas,
  type Graphs,
  hidesAnything,
  type JsonObject,
  maskEvents,
  stages,
  stateHash,
} from '@workflows/core';
import { conflict } from '../../problems/refusal.js';
import type { RecordedExecution } from './recorded-executions.js';

/** A run as a file that any build can replay: put it among the recorded histories and it is, in every test run. */
export interface HistoryFile {
  name: string;
  definition: JsonObject;
  /** What the document's expressions were typed by. */
  schemas: FrozenSchemas;
  /** What the run was moved to, by version; absent when it never was. */
  later?: Record<string, { definition: JsonObject; schemas: FrozenSchemas }>;
  events: ExecutionEvent[];
  /** `stateHash` of where the events lead. */
  hash: string;
  status: ExecutionState['status'];
}

/**
 * What is sensitive or `pii` is masked always. Refuses with 409 where the run takes another way without the texts that
 * were masked.
 */
export function historyFileOf(
  { execution, segments, definition, schemas, later, graphs, state, privacy, redaction }: RecordedExecution,
  mask: boolean,
): HistoryFile {
  const whole = segments.flatMap(({ events }) => events);
  const name = `${execution.workflowId}-${execution.id.slice(0, 8)}`;
  const documents = { definition, schemas, ...(Object.keys(later).length === 0 ? {} : { later }) };
  if (!mask && !hidesAnything(privacy))
    return { name, ...documents, events: whole, hash: stateHash(state), status: state.status };
  const recorded = redaction.replayable(whole);
  const events = mask ? maskEvents([definition, ...Object.values(later).map((each) => each.definition)], recorded) : recorded;
  const end = walk(graphs, events);
  if (end === null || wayOf(end) !== wayOf(state))
    throw conflict(
      hidesAnything(privacy)
        ? 'Without what is sensitive or personal in it this run takes another way, because it branches on that.'
        : 'Without its personal data this run takes another way, because it branches on texts. Export it unmasked.',
    );
  return { name, ...documents, events, hash: stateHash(end), status: end.status };
}

/** Where the events lead, or null when one of them fits no more. */
function walk(graphs: Graphs, events: ExecutionEvent[]): ExecutionState | null {
  const [stage] = stages(graphs, [{ revision: 1, events }]);
  return stage === undefined || stage.misfit !== null ? null : stage.state;
}

const wayOf = ({ status, visits, counters, tokens }: ExecutionState): string =>
  canonicalJson([status, visits, { ...counters }, tokens.map(({ node, step }) => [node, step])]);
