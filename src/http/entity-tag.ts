import { badRequest } from '../problems/refusal.js';

/** A revision as an entity tag: what a writer hands back in `If-Match` to say what it has seen. */
export const entityTag = (revision: number): string => `"${revision}"`;

/**
 * The revision that a writer has seen: of `If-Match`, or 0 for `If-None-Match: *`, which is "there is none yet".
 * Undefined when it said nothing: then it writes over whatever is there.
 */
export function seenRevision(ifMatch: string | undefined, ifNoneMatch?: string): number | undefined {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*' && ifMatch === undefined) return 0;
    throw badRequest('The header If-None-Match takes only *, for "create it, if there is none", and not beside If-Match.');
  }
  if (ifMatch === undefined) return undefined;
  const [, revision] = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(ifMatch) ?? [];
  if (revision !== undefined) return Number(revision);
  throw badRequest('The header If-Match holds no ETag of this API. Send the ETag as it came with the answer, quotes included.');
}
