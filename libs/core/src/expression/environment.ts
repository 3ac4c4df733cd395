import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { registerDataFunctions } from './library/data.js';
import { registerListFunctions } from './library/list.js';
import { registerNumberFunctions } from './library/number.js';
import { registerTextFunctions } from './library/text.js';
import { registerTimeFunctions } from './library/time.js';

/** Names that an expression may begin a path with, somewhere in the language (section 5.2). */
export const ROOTS = [
  ...['event', 'vars', 'steps', 'run', 'contact', 'conversation', 'tenant', 'step'],
  ...['output', 'each', 'value', 'args', 'incoming'],
] as const;

export type Root = (typeof ROOTS)[number];

/** Structural limits of one expression (language, section 7). */
const LIMITS = { maxAstNodes: 200, maxDepth: 16, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 };

export const MAX_SOURCE_LENGTH = 2000;

/** The built-ins, the library, and no variables. Types are checked in clones of it that know the variables' types. */
export const library = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: false, limits: LIMITS });
registerTextFunctions(library);
registerListFunctions(library);
registerNumberFunctions(library);
registerTimeFunctions(library);
registerDataFunctions(library);

/** What each function gives, by name; several overloads with different results are left out. */
export const FUNCTION_RESULTS: ReadonlyMap<string, string> = functionResults();

export const FUNCTION_NAMES: ReadonlySet<string> = new Set(
  library.getDefinitions().functions.map((definition) => definition.name),
);

/**
 * Expressions run untyped: their types were proved when the workflow was published, plain objects need no wrapping,
 * and one environment serves all workflows. Literals of mixed types are allowed, because every variable is dyn here.
 */
const runtime = library.clone({ homogeneousAggregateLiterals: false });
for (const root of ROOTS) runtime.registerVariable(root, 'dyn');

/** Whether an expression that is right by its types can also be run, untyped. It always should; if not, publishing must say so. */
export function runs(source: string): boolean {
  return runtime.check(source).valid;
}

/** Throws cel-js' ParseError. */
export function parse(source: string): ParseResult {
  return runtime.parse(source);
}

function functionResults(): Map<string, string> {
  const results = new Map<string, string>();
  for (const { name, returnType } of library.getDefinitions().functions) {
    results.set(name, results.has(name) && results.get(name) !== returnType ? 'dyn' : returnType);
  }
  return results;
}
