import type { Json } from '../../json.js';
import { compile } from '../compile.js';
import type { Problem } from '../problem.js';
import { TENANT } from './channels.js';
import { goodDocument } from './good-documents.js';
import { put } from './mutate.js';
import { nodeTypes } from './node-types.js';

/** A defect in a good workflow: what is put where, and the code that must be found there or at another path. */
export type Seeded = [what: string, document: string, pointer: string, value: Json | undefined, code: string, path?: string];

export function rowOf([what, document, pointer, value, code, path = pointer]: Seeded) {
  return { what, document, pointer, value, code, path };
}

/** All findings on a workflow with one defect, for a tenant of whom everything is known. */
export function findingsOf({ document, pointer, value }: ReturnType<typeof rowOf>): Problem[] {
  return compile(put(goodDocument(document), pointer, value), { nodeTypes, context: TENANT }).problems;
}

export const shown = ({ code, path }: Problem): string => `${code} ${path}`;
