import type { Operation } from './operations.js';

const COLUMNS = ['foreign', 'unknown', 'nested', 'paths', 'nobody', 'operator', 'read', 'write', 'admin', 'own', 'verdict'];

/** What was found, operation by operation: the statuses that were answered, and every leak in words. */
export class Report {
  private readonly cells = new Map<string, Record<string, string>>();
  private found: string[] = [];
  private leaks = 0;

  note({ name }: Operation, column: string, value: string | number): void {
    this.cells.set(name, { ...this.cells.get(name), [column]: String(value) });
  }

  leak(operation: Operation, what: string): void {
    this.found.push(`${operation.name}: ${what}`);
    this.leaks += 1;
    this.note(operation, 'verdict', 'LEAK');
  }

  /** The leaks since the last time. */
  takeLeaks(): string[] {
    const found = this.found;
    this.found = [];
    return found;
  }

  /** Operations that were never asked for the thing of another, or, where there is none, by nobody. */
  uncovered(operations: Operation[]): string[] {
    return operations
      .filter(({ name, audience }) => this.cells.get(name)?.[audience.kind === 'tenant' ? 'foreign' : 'nobody'] === undefined)
      .map(({ name }) => name);
  }

  print(operations: Operation[]): string {
    const width = Math.max(...operations.map(({ name }) => name.length));
    const line = (name: string, values: string[]): string =>
      `${name.padEnd(width)} ${values.map((value) => value.padStart(9)).join('')}`;
    const shown = operations.map(({ name }) => {
      const cells = this.cells.get(name) ?? {};
      return line(
        name,
        COLUMNS.map((column) => cells[column] ?? (column === 'verdict' ? 'ok' : '-')),
      );
    });
    const covered = Math.floor((100 * (operations.length - this.uncovered(operations).length)) / operations.length);
    const sum = `${operations.length} operations, ${covered} % covered, ${this.leaks} leaks`;
    return [line('operation', COLUMNS), ...shown, sum].join('\n');
  }
}
