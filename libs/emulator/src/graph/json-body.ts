import { GraphError } from './graph-error.js';

/** @throws GraphError 100 */
export function jsonOf(body: Buffer | undefined): unknown {
  try {
    return JSON.parse((body ?? Buffer.alloc(0)).toString('utf8'));
  } catch {
    throw new GraphError(100, 'The body is not valid JSON');
  }
}
