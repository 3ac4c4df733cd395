import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const secrets = z.strictObject({
  OPERATOR_API_KEY: z.string().min(24),
  SECRETS_KEY: z.string().min(40),
  META_APP_SECRET: z.string().min(16),
  META_VERIFY_TOKEN: z.string().min(8),
});

export type LauncherSecrets = z.infer<typeof secrets>;

/** With a database of somebody else's nothing is invented: throws with the names of all that are missing. */
export function givenSecrets(environment: NodeJS.ProcessEnv): LauncherSecrets {
  const parsed = secrets.safeParse(Object.fromEntries(Object.keys(secrets.shape).map((name) => [name, environment[name]])));
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  throw new Error(
    `DATABASE_URL is set, so the secrets must be given too. Missing or too short: ${names.join(', ')}. .env.example says what each is.`,
  );
}

/** What the emulated number accepts; stands for the token of a system user at Meta. */
export function emulatedToken({ META_APP_SECRET }: LauncherSecrets): string {
  return `EMULATED${createHash('sha256').update(`emulated token ${META_APP_SECRET}`).digest('hex')}`;
}

/** The secrets of the embedded default: made once, kept beside the data, readable by their owner alone. */
export async function generatedSecrets(dataDir: string): Promise<LauncherSecrets> {
  const path = join(dataDir, 'secrets.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null) {
    const parsed = secrets.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    throw new Error(
      `${path} is damaged. Restore it: the secrets of connections cannot be opened without it. Or delete ${dataDir} to start afresh.`,
    );
  }
  const made: LauncherSecrets = {
    OPERATOR_API_KEY: randomBytes(32).toString('hex'),
    SECRETS_KEY: randomBytes(32).toString('base64'),
    META_APP_SECRET: randomBytes(16).toString('hex'),
    META_VERIFY_TOKEN: randomBytes(16).toString('hex'),
  };
  await writePrivate(path, made);
  return made;
}

/** Written beside and renamed, so that a killed start leaves either the old file or the new one. */
export async function writePrivate(path: string, content: object): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}
