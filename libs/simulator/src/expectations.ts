import { type Json, type JsonObject, re2, type TestExpectation, type TestOutbound } from '@workflows/core';
import { contains, equals } from './json.js';
import { offeredIn, type SentMessage } from './outbox.js';
import type { TestProblem } from './report.js';
import type { Simulation } from './simulation.js';
import { failed, pointer } from './test-problem.js';
import { instantOf } from './world.js';

/** Where the run and what it has done differ from an `expect`; empty when nothing does. */
export function unmet(expected: TestExpectation, simulation: Simulation, path: string): TestProblem[] {
  const { run, outbox } = simulation;
  if (run === undefined)
    return [
      failed(path, 'No run was started.', {
        hint: 'Let the script begin with an "in" that a trigger takes, or give an "event".',
      }),
    ];
  const { status, reason, error, output, vars } = run.state;
  const all = simulation.runs.flatMap((each) => Object.entries(each.attempts));
  const callsOf = (node: string): number => all.filter(([name]) => name === node).reduce((sum, [, count]) => sum + count, 0);
  const sends = outbox.sent.length;
  return [
    ...same(path, 'status', 'The status of the run', expected.status, status),
    ...same(path, 'reason', 'The reason of the end', expected.reason, reason),
    ...(expected.node === undefined || run.nodes.includes(expected.node)
      ? []
      : [
          failed(pointer(path, 'node'), 'The run stands elsewhere.', {
            expected: expected.node,
            actual: run.nodes.length === 0 ? null : run.nodes.join(', '),
          }),
        ]),
    ...same(path, 'output', 'The output of the run', expected.output, output),
    ...Object.entries(expected.vars ?? {}).flatMap(([name, value]) =>
      holds(pointer(path, 'vars', name), `The variable ${name}`, value, vars[name]),
    ),
    ...(expected.emitted ?? []).flatMap((event, index) =>
      unmetEvent(event, emitted(simulation), pointer(path, 'emitted', index)),
    ),
    ...Object.entries(expected.tables ?? {}).flatMap(([name, rows]) =>
      unmetRows(rows, simulation.tables.rows(name), name, pointer(path, 'tables', name)),
    ),
    ...same(path, 'sends/exactly', 'The number of messages sent', expected.sends?.exactly, sends),
    ...(expected.sends?.atMost === undefined || sends <= expected.sends.atMost
      ? []
      : [
          failed(pointer(path, 'sends', 'atMost'), 'More messages were sent.', {
            expected: expected.sends.atMost,
            actual: sends,
          }),
        ]),
    ...Object.entries(expected.calls ?? {}).flatMap(([node, count]) =>
      holds(pointer(path, 'calls', node), `The number of attempts of '${node}'`, count, callsOf(node)),
    ),
    ...unmetPath(expected.path, run.path, pointer(path, 'path')),
    ...(expected.error === undefined
      ? []
      : typeof expected.error === 'string'
        ? holds(pointer(path, 'error'), 'The error of the run', expected.error, error?.code)
        : holds(pointer(path, 'error'), 'The error of the run', expected.error, error === undefined ? undefined : { ...error })),
  ];
}

/** Each row that is expected has to be there, with what is named of it; others may be there beside it. */
function unmetRows(expected: readonly JsonObject[], actual: readonly JsonObject[], table: string, path: string): TestProblem[] {
  return expected.flatMap((row, index) => {
    if (actual.some((candidate) => contains(candidate, row))) return [];
    const sameId = actual.find(({ id }) => id === row['id']);
    return [
      failed(pointer(path, index), `The table '${table}' has no such row.`, { expected: row, actual: sameId ?? [...actual] }),
    ];
  });
}

/** Where the next message differs from an `out`. */
export function unmetMessage(expected: TestOutbound, sent: SentMessage | undefined, path: string): TestProblem[] {
  if (sent === undefined)
    return [failed(path, 'No further message was sent since the last "in", "advance" or start.', { expected, actual: null })];
  const { message, node, at } = sent;
  const text = message.type === 'content' ? (message.text ?? '') : undefined;
  const template = message.type === 'template' ? message.name : undefined;
  if (typeof expected === 'string')
    return text === expected
      ? []
      : [
          failed(path, `The next message, from '${node}', says something else.`, {
            expected,
            actual: text ?? `template ${template ?? ''}`,
          }),
        ];
  const options = offeredIn(message).map(({ id }) => id);
  const params = message.type === 'template' ? message.params : undefined;
  return [
    ...same(path, 'node', 'The node of the next message', expected.node, node),
    ...same(path, 'text', 'The text of the next message', expected.text, text),
    ...(expected.match === undefined ? [] : unmatched(expected.match, text ?? '', pointer(path, 'match'))),
    ...same(path, 'template', 'The template of the next message', expected.template, template),
    ...(expected.params === undefined
      ? []
      : holds(pointer(path, 'params'), 'The parameters of the template', expected.params, params)),
    ...same(path, 'options', 'The options of the next message', expected.options, options),
    ...(expected.at === undefined ? [] : unmetTime(expected.at, at, pointer(path, 'at'))),
  ];
}

/** Seconds count: an answer takes a millisecond of its own, and nobody writes those into a test. */
function unmetTime(expected: string, actual: string, path: string): TestProblem[] {
  const wanted = instantOf(expected, path);
  const seconds = (instant: string): number => Math.floor(Date.parse(instant) / 1000);
  return seconds(wanted) === seconds(actual)
    ? []
    : [failed(path, 'The next message was sent at another time.', { expected: wanted, actual })];
}

function unmatched(pattern: string, text: string, path: string): TestProblem[] {
  try {
    return re2(pattern).matcher(text).find()
      ? []
      : [failed(path, 'The text of the next message does not match.', { expected: pattern, actual: text })];
  } catch {
    return [
      failed(path, 'The pattern is no regular expression of RE2.', { hint: 'RE2 has no look-around and no back references.' }),
    ];
  }
}

function unmetPath(expected: TestExpectation['path'], taken: readonly string[], path: string): TestProblem[] {
  const { contains: wanted = [], excludes = [] } = expected ?? {};
  let reached = 0;
  for (const node of taken) if (node === wanted[reached]) reached += 1;
  const actual = taken.join(' > ');
  return [
    ...(reached === wanted.length
      ? []
      : [
          failed(
            pointer(path, 'contains', reached),
            `The run did not come to '${wanted[reached] ?? ''}'${reached === 0 ? '' : ` after '${wanted[reached - 1] ?? ''}'`}.`,
            { expected: wanted.join(' > '), actual },
          ),
        ]),
    ...excludes.flatMap((node, index) =>
      taken.includes(node) ? [failed(pointer(path, 'excludes', index), `The run came to '${node}'.`, { actual })] : [],
    ),
  ];
}

function same(path: string, field: string, what: string, expected: Json | undefined, actual: Json | undefined): TestProblem[] {
  if (expected === undefined || equals(expected, actual)) return [];
  return [failed(`${path}/${field}`, `${what} is another one.`, { expected, actual: actual ?? null })];
}

function holds(path: string, what: string, expected: Json, actual: Json | undefined): TestProblem[] {
  return contains(actual, expected) ? [] : [failed(path, `${what} is another one.`, { expected, actual: actual ?? null })];
}

/** Events as a test speaks of them. */
function emitted({ writes }: Simulation): Json[] {
  return writes.flatMap(({ write }) =>
    write.type === 'event' ? [{ name: write.name, ...(write.key === null ? {} : { key: write.key }), data: write.data }] : [],
  );
}

function unmetEvent(expected: Json, actual: Json[], path: string): TestProblem[] {
  // A name alone stands for an event of that name.
  const wanted = typeof expected === 'string' ? { name: expected } : expected;
  return actual.some((event) => contains(event, wanted))
    ? []
    : [failed(path, 'No such event was emitted.', { expected, actual })];
}
