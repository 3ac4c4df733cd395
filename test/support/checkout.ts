import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the checkout, from the sources and from what was compiled of them alike. */
export const checkout = folderAbove(import.meta.dirname);

function folderAbove(folder: string): string {
  if (existsSync(join(folder, 'package-lock.json'))) return folder;
  if (dirname(folder) === folder) throw new Error(`${import.meta.dirname} is in no checkout: no package-lock.json is above it.`);
  return folderAbove(dirname(folder));
}
