import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './root.js';

interface Manifest {
  name?: string;
  license?: string;
  engines?: { node?: string };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface LockedPackage {
  version?: string;
  resolved?: string;
  link?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  hasInstallScript?: boolean;
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = (path: string): Manifest => JSON.parse(read(path)) as Manifest;
const manifests = ['package.json', ...readdirSync(join(root, 'libs')).map((name) => `libs/${name}/package.json`)];
const locked = (JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> }).packages;

describe('the installation', () => {
  it('runs no scripts of packages, writes no registry into the lock file, and says nothing after the last line of npm test', () => {
    const settings = read('.npmrc').split('\n');
    expect(settings).toEqual(
      expect.arrayContaining([
        'ignore-scripts=true',
        'omit-lockfile-registry-resolved=true',
        'audit=false',
        'fund=false',
        'update-notifier=false',
      ]),
    );
  });

  it('has a lock file that names no address', () => {
    const addresses = Object.entries(locked).filter(([, { resolved, link }]) => resolved !== undefined && !link);
    expect(addresses).toEqual([]);
  });

  it('can be made from the lock file on every platform: npm ci refuses one that misses optional packages', () => {
    const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !resolves(path, name))
        .map((name) => `${name}, wanted by ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it.each(manifests)('%s pins every dependency exactly', (path) => {
    const { dependencies = {}, devDependencies = {} } = manifest(path);
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it.each(manifests)('%s is under Apache-2.0', (path) => {
    expect(manifest(path).license).toBe('Apache-2.0');
  });
});

describe('the repository', () => {
  it('has a licence text, a readme and a way in for contributors', () => {
    for (const file of [
      'LICENSE',
      'README.md',
      'CONTRIBUTING.md',
      'docs/flow.md',
      'docs/adding-a-node.md',
      'docs/adding-a-channel.md',
      'docs/operations.md',
    ]) {
      expect(existsSync(join(root, file))).toBe(true);
    }
    expect(read('LICENSE')).toContain('Apache License');
  });

  it('has an image that copies whatever it builds', () => {
    const lines = read('Dockerfile').split('\n');
    expect(lines).toContain('RUN npx tsc -b tsconfig.app.json && npm prune --omit=dev');
    const built = (JSON.parse(read('tsconfig.app.json')) as { references: Array<{ path: string }> }).references;
    expect(built.filter(({ path }) => !path.startsWith('libs/'))).toEqual([]);
    // npm ci refuses a lock file that names workspaces which are not there.
    const manifestsOfLibs = manifests.filter((path) => path.startsWith('libs/'));
    expect(manifestsOfLibs.filter((path) => !lines.some((line) => line.startsWith(`COPY ${path} `)))).toEqual([]);
  });

  it('calls npm test in its pipeline, and nothing of its own', () => {
    expect(
      read('.ci/run')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    ).toEqual(['exec npm test']);
  });

  it('has no file that holds more than one idea', () => {
    // Past 250 lines look for the second idea; past 300 there is one.
    expect(sources().filter((path) => read(path).split('\n').length > 300)).toEqual([]);
  });
});

/** As Node looks for a package: in the folder itself, then upwards. */
function resolves(from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (locked[join(folder, 'node_modules', name)]) return true;
    if (folder === '' || !folder.includes('/node_modules/')) return locked[`node_modules/${name}`] !== undefined;
  }
}

function sources(): string[] {
  return ['src', ...readdirSync(join(root, 'libs')).map((name) => `libs/${name}/src`)].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('__'))
      .map((file) => `${folder}/${file}`),
  );
}
