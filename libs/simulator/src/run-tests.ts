import {
  type ChannelCapabilities,
  type CompiledGraph,
  compile,
  type DataSchema,
  type JsonObject,
  type TenantContext,
  testShape,
  type WorkflowTest,
} from '@workflows/core';
import { z } from 'zod';
import { calm } from './calm-graph.js';
import { type SimulatedNode, standardChannels, standardNodes } from './catalogue.js';
import { checkTest } from './check-test.js';
import { Coverage } from './coverage.js';
import { unmet } from './expectations.js';
import { Mocks } from './mocks.js';
import { NodePlayers } from './node-players.js';
import type { CoverageReport, TestProblem, TestReport, TestResult } from './report.js';
import { Script } from './script.js';
import { Simulation } from './simulation.js';
import { startByEvent } from './start.js';
import { pointer, TestStopped } from './test-problem.js';
import { worldOf } from './world.js';

export interface RunTestsOptions {
  /** Node types to compile and play with; those of this engine unless given. */
  nodes?: readonly SimulatedNode[];
  /** Trigger types to start runs by; those of this engine unless given. */
  triggerTypes?: readonly string[];
  /** What channels can carry, by name; those of this engine unless given. */
  channels?: Record<string, ChannelCapabilities>;
  /** What the tenant has, where the document is to be checked against it. */
  context?: TenantContext;
  /** Shares from 0 to 1 that the tests have to reach together; less is `test.coverage`. */
  coverage?: Partial<Record<keyof CoverageReport, number>>;
}

/**
 * Runs every test of a document on the real compiler, router, machine and node strategies, on a virtual clock, in memory
 * and without a network. Never throws for what is wrong with the document or a test: the report says it.
 */
export async function runTests(definition: unknown, options: RunTestsOptions = {}): Promise<TestReport> {
  const nodes = options.nodes ?? standardNodes();
  const { context, triggerTypes } = options;
  const compilation = compile(definition, { nodeTypes: nodes.map(({ spec }) => spec), context, triggerTypes });
  if (!compilation.ok) return notCompiled(definition, compilation.problems);

  const copy: unknown = JSON.parse(JSON.stringify(definition));
  const document = documentShape.parse(copy);
  const graph = calm(compilation.graph);
  const coverage = new Coverage(graph, document.nodes);
  const stage = {
    graph,
    nodes,
    coverage,
    rawNodes: document.nodes,
    channels: options.channels ?? standardChannels(),
    tables: context?.tables,
  };
  const tests: TestResult[] = [];
  for (const [index, test] of document.tests.entries()) tests.push(await runTest(test, pointer('/tests', index), stage));

  const covered = coverage.report();
  const problems = [...compilation.problems, ...missedCoverage(covered, options.coverage ?? {})];
  const passed = tests.every((test) => test.passed) && problems.every(({ severity }) => severity !== 'error');
  return { passed, workflow: graph.workflow, problems, tests, coverage: covered };
}

/** The parts that tests need; the compiler has found the document good. */
const documentShape = z.object({
  nodes: z.record(z.string(), z.record(z.string(), z.json())),
  tests: z.array(testShape).default([]),
});

interface Stage {
  graph: CompiledGraph;
  nodes: readonly SimulatedNode[];
  coverage: Coverage;
  rawNodes: Record<string, JsonObject>;
  channels: Record<string, ChannelCapabilities>;
  tables: Record<string, DataSchema> | undefined;
}

async function runTest(
  test: WorkflowTest,
  path: string,
  { graph, nodes, coverage, rawNodes, channels, tables }: Stage,
): Promise<TestResult> {
  const result = (problems: TestProblem[], script?: Script): TestResult => ({
    name: test.name,
    path,
    passed: problems.length === 0,
    problems,
    transcript: script?.transcript() ?? [],
  });
  const wrong = checkTest(test, graph, path);
  if (wrong.length > 0) return result(wrong);
  let script: Script | undefined;
  try {
    const given = pointer(path, 'given');
    const world = worldOf(graph, test, given, channels, tables);
    const mocks = new Mocks(test.given.mocks ?? {}, rawNodes);
    const simulation = new Simulation({
      graph,
      world,
      mocks,
      coverage,
      testPath: path,
      nodes: new NodePlayers(nodes, pointer(given, 'mocks')),
    });
    script = new Script(simulation, world.trigger.id);
    await startByEvent(simulation, world, test, given);
    for (const [index, step] of test.script.entries()) {
      // One difference makes others behind it, so the first step that differs is the last one.
      const problems = await script.play(step, pointer(path, 'script', index));
      if (problems.length > 0) return result(problems, script);
    }
    return result(unmet(test.expect, simulation, pointer(path, 'expect')), script);
  } catch (error) {
    if (error instanceof TestStopped) return result([error.problem], script);
    throw error;
  }
}

function missedCoverage(coverage: CoverageReport, wanted: NonNullable<RunTestsOptions['coverage']>): TestProblem[] {
  const kinds = ['nodes', 'ports', 'catches'] as const;
  return kinds.flatMap((kind) => {
    const { covered, total, missing } = coverage[kind];
    const least = wanted[kind] ?? 0;
    if (total === 0 || covered / total >= least) return [];
    const shown = missing.slice(0, 10).join(', ');
    return [
      {
        path: '/tests',
        code: 'test.coverage',
        severity: 'error',
        message: `The tests go through ${covered} of ${total} ${kind}, and ${Math.round(least * 100)} % are asked for.`,
        hint: `Missing: ${shown}${missing.length > 10 ? ', ...' : ''}.`,
      },
    ];
  });
}

function notCompiled(definition: unknown, problems: TestReport['problems']): TestReport {
  const nothing = { covered: 0, total: 0, missing: [] };
  const id = z.object({ id: z.string() }).safeParse(definition);
  return {
    passed: false,
    workflow: id.data?.id ?? '',
    problems,
    tests: [],
    coverage: { nodes: nothing, ports: nothing, catches: nothing },
  };
}
