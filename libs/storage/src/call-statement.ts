import type { DatabaseArguments } from '@workflows/ports';
import { toJsonText } from './well-formed.js';

export interface CallStatement {
  text: string;
  values: unknown[];
}

const NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * The statement that calls a function of the schema `workflows` with named arguments. Objects and arrays become JSON
 * text. Throws on names that are no plain identifiers: they come from our own code and are never made of input.
 */
export function callStatement(name: string, args: DatabaseArguments): CallStatement {
  for (const identifier of [name, ...Object.keys(args)]) {
    if (!NAME.test(identifier)) throw new Error(`"${identifier}" is no name of a function or argument of the schema workflows.`);
  }
  const parameters = Object.keys(args).map((key, index) => `${key} => $${index + 1}`);
  return {
    text: `select workflows.${name}(${parameters.join(', ')}) as result`,
    values: Object.values(args).map(asParameter),
  };
}

function asParameter(value: unknown): unknown {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? toJsonText(value) : value;
}
