import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { readUse, RECORD_DIRECTORY, type UsedDocument } from '../support/use-record.js';
import { NOT_IN_FLOW_TESTS } from './exceptions.js';
import { languagePaths, usedPaths } from './language-paths.js';
import { portsOf } from './ports.js';

const exceptions = Object.keys(NOT_IN_FLOW_TESTS);
const language = languagePaths(NODE_SPECS);

describe('the paths of the language', () => {
  it.each([
    'labels',
    'limits.maxSends',
    'triggers.webhook.auth.hmac.encoding=base64',
    'session.onActive=queue',
    'nodes.*.compensate',
    'nodes.http.request.with.query',
    'nodes.data.read.with.where.*.gte',
    'nodes.switch.cases.when',
    'nodes.join.with.mode.[number]',
    'schema.format=uuid',
  ])('hold %s', (path) => expect([...language]).toContain(path));

  it('are what a document uses where runs have come by, and no more', () => {
    const definition: JsonObject = {
      dsl: '1.0',
      id: 'a',
      name: 'A',
      triggers: [
        { id: 'hook', type: 'webhook', auth: { type: 'token', secret: 's', header: 'h' } },
        { id: 'api', type: 'call', input: { type: 'object' } },
      ],
      start: 'nap',
      nodes: {
        nap: { type: 'wait.for', with: { duration: 'PT1H' }, title: 'Nap', next: 'bye' },
        bye: { type: 'end', with: { status: 'failed' } },
      },
    };
    const used = usedPaths(NODE_SPECS, definition, new Set(['nap']), new Set(['api']));
    expect([...used].filter((path) => path.includes('.')).sort()).toEqual(
      [
        ...['triggers.call', 'triggers.call.id', 'triggers.call.input', 'schema.type', 'schema.type=object'],
        ...['nodes.wait.for', 'nodes.wait.for.with', 'nodes.wait.for.with.duration', 'nodes.*.title', 'nodes.*.next'],
      ].sort(),
    );
    expect([...used].filter((path) => !language.has(path))).toEqual([]);
  });

  it('hold what is excepted', () => {
    expect(exceptions.filter((exception) => !pathsBelow(language, exception).length)).toEqual([]);
  });
});

// `npm test` sets the record for its flow tests and comes here behind them.
const record = RECORD_DIRECTORY;
if (record !== undefined) {
  describe('the flow tests', () => {
    const { promised, used } = compare(readUse(record));
    const missing = [...promised].filter((path) => !used.has(path)).sort();

    it('use every node, trigger, field and port of the language', () => {
      const missed = missing.filter((path) => !exceptions.some((exception) => isBelow(path, exception)));
      process.stdout.write(
        `language: flow tests use ${promised.size - missing.length} of ${promised.size} paths; ${missing.length - missed.length} are excepted\n`,
      );
      expect(missed).toEqual([]);
    });

    it('do not use what is excepted', () => {
      expect(exceptions.filter((exception) => pathsBelow(promised, exception).some((path) => used.has(path)))).toEqual([]);
    });
  });
}

function compare(documents: UsedDocument[]): { promised: Set<string>; used: Set<string> } {
  const promised = new Set(language);
  const used = new Set<string>();
  for (const document of documents) {
    const visited = new Set(document.steps.map(({ node }) => node));
    for (const path of usedPaths(NODE_SPECS, document.definition, visited, new Set(document.triggers))) used.add(path);
    const { wired, taken } = portsOf(NODE_SPECS, document);
    for (const port of wired) promised.add(port);
    for (const port of taken) used.add(port);
  }
  return { promised, used };
}

function pathsBelow(paths: ReadonlySet<string>, exception: string): string[] {
  return [...paths].filter((path) => isBelow(path, exception));
}

function isBelow(path: string, exception: string): boolean {
  return path === exception || path.startsWith(`${exception}.`) || path.startsWith(`${exception}=`);
}
