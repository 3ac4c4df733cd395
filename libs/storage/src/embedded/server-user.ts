import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Whom the server runs as when that is not the user of this process. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** `nobody`: Postgres refuses to run as root, and this user exists wherever root does. */
const NOBODY: ServerUser = process.platform === 'darwin' ? { uid: 4294967294, gid: 4294967294 } : { uid: 65534, gid: 65534 };

/** Null: the server runs as the user of this process. */
export function serverUser(): ServerUser | null {
  return process.getuid?.() === 0 ? NOBODY : null;
}

/** May `user` reach `path` and read it? Decided from the permission bits of it and of every directory above. */
export async function readableBy(path: string, user: ServerUser | null): Promise<boolean> {
  if (user === null) return true;
  for (let current = resolve(path); ; current = dirname(current)) {
    const facts = await stat(current).catch(() => null);
    if (facts !== null) {
      const bits = facts.uid === user.uid ? facts.mode >> 6 : facts.gid === user.gid ? facts.mode >> 3 : facts.mode;
      if ((bits & 0o1) === 0) return false;
    }
    if (current === dirname(current)) return true;
  }
}
