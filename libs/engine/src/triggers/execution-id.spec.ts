import { expect, it } from '@jest/globals';
import { executionIdOf } from './execution-id.js';

it('is the same for the same key of the same trigger, and for nothing else', () => {
  const id = executionIdOf('tenant', 'workflow', 'trigger', 'key');
  expect(executionIdOf('tenant', 'workflow', 'trigger', 'key')).toBe(id);
  const others = [
    executionIdOf('tenant 2', 'workflow', 'trigger', 'key'),
    executionIdOf('tenant', 'workflow 2', 'trigger', 'key'),
    executionIdOf('tenant', 'workflow', 'trigger 2', 'key'),
    executionIdOf('tenant', 'workflow', 'trigger', 'key 2'),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
});

it('is new each time without a key, and sorts by time', () => {
  const ids = Array.from({ length: 100 }, () => executionIdOf('tenant', 'workflow', 'trigger', undefined));
  expect(new Set(ids).size).toBe(100);
  expect(ids).toEqual([...ids].sort());
});
