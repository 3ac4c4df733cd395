import { Optional, type Environment } from '@marcbachmann/cel-js';
import { terminal } from '../../failure.js';

export function registerListFunctions(environment: Environment): void {
  environment
    .registerFunction('first(list<T>): optional<T>', { async: false, handler: (list: unknown[]) => Optional.of(list[0]) })
    .registerFunction('last(list<T>): optional<T>', { async: false, handler: (list: unknown[]) => Optional.of(list.at(-1)) })
    .registerFunction('slice(list<T>, int, int): list<T>', {
      async: false,
      handler: (list: unknown[], from: bigint, to: bigint) => list.slice(Number(from), Number(to)),
    })
    .registerFunction('unique(list<T>): list<T>', { async: false, handler: unique })
    .registerFunction('sum(list<T>): T', { async: false, handler: sum })
    .registerFunction('min(list<T>): T', { async: false, handler: (list: unknown[]) => extreme(list, 'min') })
    .registerFunction('max(list<T>): T', { async: false, handler: (list: unknown[]) => extreme(list, 'max') });
}

function unique(list: unknown[]): unknown[] {
  const seen = new Set<unknown>();
  return list.filter((item) => {
    const key = typeof item === 'object' && item !== null ? JSON.stringify(item, plainIntegers) : item;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** BigInt has no JSON form; as a key for comparison its text will do. */
function plainIntegers(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** The sum of an empty list is the int 0, because an empty list does not tell what it would hold. */
function sum(list: unknown[]): bigint | number {
  if (list.every((item) => typeof item === 'bigint')) return list.reduce((total, item) => total + item, 0n);
  if (list.every((item) => typeof item === 'number')) return list.reduce((total, item) => total + item, 0);
  throw terminal('expr.failed', 'sum() needs a list of numbers of one type. Use map(x, double(x)).');
}

type Ordered = string | number | bigint | Date;

function extreme(list: unknown[], which: 'min' | 'max'): Ordered {
  const [first, ...rest] = list;
  if (first === undefined)
    throw terminal('expr.failed', `${which}() of an empty list has no value. Guard it with size(list) > 0.`);
  return rest.reduce<Ordered>(
    (best, item) => {
      const candidate = ordered(item, which);
      return (which === 'min' ? candidate < best : candidate > best) ? candidate : best;
    },
    ordered(first, which),
  );
}

function ordered(value: unknown, which: string): Ordered {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Date) return value;
  throw terminal('expr.failed', `${which}() compares numbers, strings and times.`);
}
