import { expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { callsOf, checkCalls } from './limit-calls.js';
import { checkShape } from './shape.js';

const call = (workflow: string): JsonObject => ({ type: 'workflow.call', with: { workflow }, next: 'done' });
const document: JsonObject = { id: 'own', nodes: { a: call('other'), b: call('other'), c: { type: 'end' } } };

function found(nodes: JsonObject, calls: Record<string, string[]> = {}) {
  const { outline } = checkShape({ ...document, nodes }, []);
  return checkCalls(outline, { calls }).map(({ path, code, message }) => [path, code, message.split(': ')[1]]);
}

it('knows which workflows a document calls', () => {
  expect(callsOf(document)).toEqual(['other']);
});

it('finds calls that come back, to the document or below it', () => {
  const path = '/nodes/a/with/workflow';
  expect(found({ a: call('own') })).toEqual([[path, 'limit.call_depth', 'own > own.']]);
  expect(found({ a: call('x') }, { x: ['y'], y: ['own'] })).toEqual([[path, 'limit.call_depth', 'own > x > y > own.']]);
  expect(found({ a: call('x') }, { x: ['y'], y: ['x'] })).toEqual([[path, 'limit.call_depth', 'own > x > y > x.']]);
});

it('finds calls that are too deep, and lets five of them be', () => {
  const chain = { a: ['b'], b: ['c'], c: ['d'], d: ['e'] };
  expect(found({ a: call('a') }, chain)).toEqual([]);
  expect(found({ a: call('a') }, { ...chain, e: ['f'] })).toEqual([
    ['/nodes/a/with/workflow', 'limit.call_depth', 'own > a > b > c > d > e > f.'],
  ]);
});

it('goes by what the document calls now, and not by what it called when it was published', () => {
  expect(found({ a: call('x') }, { own: ['x'], x: [] })).toEqual([]);
});
