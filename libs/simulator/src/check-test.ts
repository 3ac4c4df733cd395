import { type CompiledGraph, nameHint, type NodeMock, type WorkflowTest } from '@workflows/core';
import type { TestProblem } from './report.js';
import { failed, pointer, unknownNode } from './test-problem.js';

/** What is wrong with a test before it is played: names that the workflow does not have, and what cannot be played yet. */
export function checkTest(test: WorkflowTest, graph: CompiledGraph, path: string): TestProblem[] {
  const names = Object.keys(graph.nodes);
  const unknown = namesIn(test, path).filter(({ node }) => !Object.hasOwn(graph.nodes, node));
  return [
    ...unknown.map(({ node, at }) => unknownNode(at, node, nameHint(node, names, 'Its nodes'))),
    ...Object.entries(test.given.mocks ?? {}).flatMap(([node, mock]) =>
      unwiredPorts(mock, graph, node, pointer(path, 'given', 'mocks', node)),
    ),
  ];
}

function namesIn({ given, script, expect }: WorkflowTest, path: string): Array<{ node: string; at: string }> {
  const expectations = [
    { expect, at: pointer(path, 'expect') },
    ...script.flatMap((step, index) =>
      'expect' in step ? [{ expect: step.expect, at: pointer(path, 'script', index, 'expect') }] : [],
    ),
  ];
  return [
    ...Object.keys(given.mocks ?? {}).map((node) => ({ node, at: pointer(path, 'given', 'mocks', node) })),
    ...script.flatMap((step, index) =>
      'out' in step && typeof step.out === 'object' && step.out.node !== undefined
        ? [{ node: step.out.node, at: pointer(path, 'script', index, 'out', 'node') }]
        : [],
    ),
    ...expectations.flatMap(({ expect: { node, calls, path: taken }, at }) => [
      ...(node === undefined ? [] : [{ node, at: pointer(at, 'node') }]),
      ...Object.keys(calls ?? {}).map((name) => ({ node: name, at: pointer(at, 'calls', name) })),
      ...(taken?.contains ?? []).map((name, index) => ({ node: name, at: pointer(at, 'path', 'contains', index) })),
      ...(taken?.excludes ?? []).map((name, index) => ({ node: name, at: pointer(at, 'path', 'excludes', index) })),
    ]),
  ];
}

/** A mocked outcome is a port, and has to lead somewhere. */
function unwiredPorts(mocks: NodeMock | NodeMock[], graph: CompiledGraph, node: string, path: string): TestProblem[] {
  const ports = Object.keys(graph.nodes[node]?.ports ?? {});
  return [mocks].flat().flatMap((mock, index) => {
    if (!('outcome' in mock) || ports.length === 0 || ports.includes(mock.outcome)) return [];
    const at = Array.isArray(mocks) ? pointer(path, index, 'outcome') : pointer(path, 'outcome');
    const hint = nameHint(mock.outcome, ports, 'Its ports');
    return [failed(at, `The node '${node}' has no port '${mock.outcome}'.`, hint === undefined ? {} : { hint })];
  });
}
