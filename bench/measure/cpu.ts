import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used, threads included; 0 where the system does not tell. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return fields === null ? 0 : ticks(fields, USER, SYSTEM) / TICKS_PER_SECOND;
}

/** The same for a process with all its children, those included that have ended and were waited for. */
export function cpuSecondsOfFamily(pid: number): number {
  const fields = statOf(pid);
  if (fields === null) return 0;
  const children = processes().filter((child) => Number(statOf(child)?.[PARENT]) === pid);
  return (
    ticks(fields, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM) / TICKS_PER_SECOND +
    children.reduce((sum, child) => sum + cpuSeconds(child), 0)
  );
}

/** Resident memory in MB. */
export function residentMegabytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return 0;
  }
}

// Places of the fields of /proc/<pid>/stat behind the name, as in proc(5).
const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14];

function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets, so the last one closes it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function ticks(fields: readonly string[], ...places: number[]): number {
  return places.reduce((sum, place) => sum + Number(fields[place] ?? 0), 0);
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
