import type { Environment } from '@marcbachmann/cel-js';
import { terminal } from '../../failure.js';
import { fromCel, MAX_STRING_BYTES } from '../convert.js';

export function registerDataFunctions(environment: Environment): void {
  environment
    .registerFunction('toJson(dyn): string', { async: false, handler: (value: unknown) => JSON.stringify(fromCel(value)) })
    .registerFunction('parseJson(string): dyn', { async: false, handler: parseJson });
}

function parseJson(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_STRING_BYTES)
    throw terminal('expr.failed', `parseJson() reads at most ${MAX_STRING_BYTES} bytes.`);
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    throw terminal('expr.failed', 'parseJson() was given a text that is not JSON.');
  }
}
