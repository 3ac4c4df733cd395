import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  type EffectResult,
  type ExecutionEvent,
  type FrozenSchemas,
  graphsBy,
  type JsonObject,
  loadGraph,
  replay,
  stateHash,
} from '@workflows/core';
import { LEAD_FORM } from './__fixtures__/lead-form.js';
import { Rehearsal } from './__fixtures__/rehearsal.js';
import { NODE_SPECS } from './index.js';

/**
 * Histories of whole runs, as they were recorded. A change that makes one of them end elsewhere would do the same to
 * runs in production. New ones are recorded with RECORD_HISTORIES=1; existing files are never written again.
 */
const FOLDER = join(import.meta.dirname, '../../core/src/machine/__histories__');

interface RecordedHistory {
  name: string;
  definition: JsonObject;
  /** Absent where nothing of the tenant has a schema. */
  schemas?: FrozenSchemas;
  /** What the run was moved to, by version. */
  later?: Record<string, { definition: JsonObject; schemas?: FrozenSchemas }>;
  events: ExecutionEvent[];
  /** `stateHash` of where the events lead. */
  hash: string;
  status: string;
}

const HOUR = 3_600_000;
const company = (status: number): EffectResult => ({ outcome: 'done', data: { status, headers: {}, body: { company: 'Acme' } } });

/** What is recorded, by the name of its file. */
const RECORDINGS: Record<string, () => Rehearsal> = {
  'lead-form-completed': () => {
    const run = new Rehearsal(LEAD_FORM, (_effect, attempt) => company(attempt < 3 ? 503 : 201));
    converse(run, ['Quote', 'lead@', 'lead@example.com', 'More', '20']);
    run.advance(30 * HOUR);
    return run;
  },
  'lead-form-crm-down': () => {
    const run = new Rehearsal(LEAD_FORM, () => ({
      outcome: 'unknown',
      failure: { code: 'timeout', kind: 'retryable', message: 'no answer' },
    }));
    converse(run, ['Quote', 'lead@example.com', '1', '50', '5']);
    run.advance(HOUR);
    run.say('one more thing');
    return run;
  },
  'lead-form-exhausted': () => {
    const run = new Rehearsal(LEAD_FORM);
    converse(run, ['quote', 'no', 'why?', 'call me']);
    return run;
  },
  'lead-form-waiting': () => {
    const run = new Rehearsal(LEAD_FORM);
    converse(run, ['quote', 'lead@example.com']);
    return run;
  },
};

/** One answer after the other, each long enough after the last to end a burst. */
function converse(run: Rehearsal, texts: readonly string[]): void {
  for (const text of texts) {
    run.say(text);
    run.advance(5000);
  }
}

if (process.env['RECORD_HISTORIES'] === '1') {
  for (const [name, play] of Object.entries(RECORDINGS)) {
    const { definition, history, state } = play();
    const recorded: RecordedHistory = { name, definition, events: history, hash: stateHash(state), status: state.status };
    if (!fileNames().includes(`${name}.json`))
      writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(recorded, null, 2)}\n`);
  }
}

describe('a recorded history', () => {
  it('is there for every recording', () => {
    expect(fileNames()).toEqual(expect.arrayContaining(Object.keys(RECORDINGS).map((name) => `${name}.json`)));
  });

  it.each(fileNames())('%s still leads to where it led', (fileName) => {
    const { later = {}, events, hash, status, ...first } = read(fileName);
    const load = ({ definition, schemas = {} }: { definition: JsonObject; schemas?: FrozenSchemas }) =>
      loadGraph(definition, { nodeTypes: NODE_SPECS, schemas });
    const moved = Object.entries(later).map(([version, document]) => [version, load(document)] as const);
    const state = replay(graphsBy(load(first), Object.fromEntries(moved)), events);
    expect({ hash: stateHash(state), status: state.status }).toEqual({ hash, status });
  });
});

function fileNames(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
}

function read(fileName: string): RecordedHistory {
  const parse: (text: string) => RecordedHistory = JSON.parse;
  return parse(readFileSync(join(FOLDER, fileName), 'utf8'));
}
