import type { CredentialSettings } from '@workflows/storage';
import { badRequest, type ProblemEntry } from '../../problems/refusal.js';
import type { PutCredentialBody } from './credentials.dto.js';

/** Headers that belong to the connection or the body; a credential in one of them could smuggle a second request. */
const TAKEN =
  /^(host|connection|content-.*|transfer-encoding|keep-alive|upgrade|expect|te|trailer|http2-settings|proxy-.*|accept-encoding)$/i;

const NEEDS = { bearer: null, header: 'header', basic: 'username', query: 'parameter' } as const;

/** What the type needs beside the secret. Refuses what it lacks, and what it has no use for. */
export function settingsOf(body: PutCredentialBody): CredentialSettings {
  const { type, secret } = body;
  const needed = NEEDS[type];
  const problems: ProblemEntry[] = [];
  const refuse = (field: string, message: string): void =>
    void problems.push({ path: `/${field}`, code: 'credential.invalid', message });
  for (const field of ['header', 'username', 'parameter'] as const) {
    if (field === needed && body[field] === undefined) refuse(field, `A credential of type ${type} needs "${field}".`);
    if (field !== needed && body[field] !== undefined) refuse(field, `A credential of type ${type} has no "${field}".`);
  }
  if (body.header !== undefined && TAKEN.test(body.header))
    refuse('header', 'This header belongs to the connection or the body.');
  // A line break would end the header; the secret itself is not repeated.
  if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(secret))
    refuse('secret', 'The secret must be one line of printable ASCII characters, without a space at its ends.');
  if (problems.length > 0) throw badRequest('The credential cannot be saved; see errors.', problems);
  const given = needed === null ? undefined : body[needed];
  return needed === null || given === undefined ? {} : { [needed]: given };
}
