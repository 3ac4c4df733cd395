import { type ExecutionEvent, type FrozenSchemas, graphsBy, loadGraph, stages, stateHash } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { z } from 'zod';
import { type Arguments, type Command, ENGINE_OPTIONS } from '../command.js';
import { CommandFailed } from '../command-failed.js';
import { EngineClient } from '../engine.client.js';
import { readJson } from '../file.js';
import { counted } from '../in-words.js';
import type { Terminal } from '../terminal.js';

/** Events between two lines about the progress. */
const STRETCH = 5_000;

const isEvent = (value: unknown): boolean => typeof value === 'object' && value !== null && 'type' in value && 'at' in value;
const document = z.looseObject({
  definition: z.record(z.string(), z.json()),
  schemas: z.custom<FrozenSchemas>((value) => typeof value === 'object' && value !== null).optional(),
});
const historyFile = document.extend({
  later: z.record(z.string(), document).optional(),
  events: z.array(z.custom<ExecutionEvent>(isEvent)).min(1),
  hash: z.string(),
});
const difference = z.looseObject({ kind: z.string(), revision: z.int(), values: z.array(z.looseObject({ path: z.string() })) });
const verdict = z.looseObject({
  equal: z.boolean(),
  revision: z.int(),
  events: z.int(),
  hash: z.string(),
  recordedHash: z.string(),
  firstDifference: difference.nullable(),
});

export const replayCommand: Command = {
  name: 'replay',
  operands: 'EXECUTION|FILE',
  summary: 'Compute a run again from its history, or from an exported file, and compare the two.',
  options: ENGINE_OPTIONS,
  async run(given, terminal) {
    return given.operand.endsWith('.json') ? replayFile(given, terminal) : replayRun(given, terminal);
  },
};

async function replayRun(given: Arguments, terminal: Terminal): Promise<number> {
  const engine = await EngineClient.of(given, terminal);
  const answer = await engine.call(verdict, 'POST', `/v1/executions/${encodeURIComponent(given.operand)}/replay`);
  const { equal, events, revision, firstDifference } = answer;
  if (given.isSet('json')) terminal.say(JSON.stringify(answer, null, 2));
  else if (firstDifference === null) terminal.say(`Equal: ${counted(events, 'event')} in ${counted(revision, 'commit')}.`);
  else {
    terminal.say(`Not equal: ${IN_WORDS[firstDifference.kind] ?? firstDifference.kind}, in commit ${firstDifference.revision}.`);
    for (const { path } of firstDifference.values) terminal.say(`  ${path}`);
  }
  return equal ? 0 : 1;
}

const IN_WORDS: Record<string, string> = {
  event: 'a recorded event finds nobody it is for',
  effect: 'other effects are asked for than were journalled',
  state: 'the end differs',
};

/** Needs no engine: the file has the document. */
async function replayFile(given: Arguments, terminal: Terminal): Promise<number> {
  const file = historyFile.safeParse(await readJson(given.operand));
  if (!file.success)
    throw new CommandFailed(2, `${given.operand} is no exported history. Write one by workflows export-history.`);
  const { later = {}, events, hash: recordedHash } = file.data;
  const moved = Object.entries(later).map(([version, each]) => [version, graphOf(each, given.operand)] as const);
  const graphs = graphsBy(graphOf(file.data, given.operand), Object.fromEntries(moved));
  let [hash, misfit]: [string, number | null] = ['', null];
  for (const stage of stages(graphs, stretches(events))) {
    const done = Math.min(stage.revision * STRETCH, events.length);
    if (events.length > STRETCH) terminal.complain(`${done} of ${events.length} events`);
    if (misfit === null && stage.misfit !== null) misfit = (stage.revision - 1) * STRETCH + stage.misfit;
    hash = done === events.length ? stateHash(stage.state) : '';
  }
  const equal = misfit === null && hash === recordedHash;
  if (given.isSet('json')) {
    terminal.say(JSON.stringify({ equal, events: events.length, hash, recordedHash, firstMisfit: misfit }, null, 2));
  } else if (equal) terminal.say(`Equal: ${counted(events.length, 'event')}.`);
  else if (misfit !== null) terminal.say(`Not equal: event ${misfit} finds nobody it is for.`);
  else terminal.say(`Not equal: every event fits, and the end differs (${hash}, recorded ${recordedHash}).`);
  return equal ? 0 : 1;
}

function graphOf({ definition, schemas = {} }: z.infer<typeof document>, path: string) {
  try {
    return loadGraph(definition, { nodeTypes: NODE_SPECS, schemas });
  } catch (error) {
    throw new CommandFailed(2, `${path}: ${error instanceof Error ? error.message : 'its version cannot run here.'}`);
  }
}

function* stretches(events: readonly ExecutionEvent[]) {
  for (let at = 0; at < events.length; at += STRETCH)
    yield { revision: at / STRETCH + 1, events: events.slice(at, at + STRETCH) };
}
