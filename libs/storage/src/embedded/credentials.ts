import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';

/** Passwords of the two logins. Hexadecimal, so that they can stand in a URL. */
export interface Credentials {
  admin: string;
  app: string;
}

/** The passwords kept beside the cluster, made at the first start; only the owner of the file may read it. */
export async function readCredentials(directory: string): Promise<Credentials> {
  const path = join(directory, 'credentials.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) return parse(text, path);
  const credentials: Credentials = { admin: newPassword(), app: newPassword() };
  await writeFile(`${path}.new`, JSON.stringify(credentials), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return credentials;
}

function parse(text: string, path: string): Credentials {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'admin' in value && 'app' in value) {
    if (typeof value.admin === 'string' && typeof value.app === 'string') return { admin: value.admin, app: value.app };
  }
  throw new Error(
    `${path} does not hold the passwords of the embedded Postgres. Restore it, or delete its whole directory to start empty.`,
  );
}

function newPassword(): string {
  return randomBytes(24).toString('hex');
}
