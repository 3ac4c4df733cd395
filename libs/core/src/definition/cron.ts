/** Smallest and largest value of each of the five fields, and the names that may stand for numbers. */
const FIELDS: ReadonlyArray<{ min: number; max: number; names: readonly string[] }> = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  // Sunday is 0 and 7.
  { min: 0, max: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/**
 * Is this a cron expression of five fields, each a list of values, ranges and steps: `0 9 * * mon-fri`? Only its form is
 * judged: `0 0 31 2 *` passes and never fires.
 */
export function isCron(expression: string): boolean {
  const fields = expression.split(' ');
  return fields.length === FIELDS.length && fields.every((field, index) => field.split(',').every((part) => fits(part, index)));
}

/** `*`, `5`, `1-5`, `mon`, and each of them with a step: `*\/15`. */
function fits(part: string, index: number): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return false;
  if (range === '*') return true;
  const [from, to = from, ...rest] = range.split('-').map((value) => numberOf(value, index));
  return rest.length === 0 && from !== undefined && to !== undefined && from <= to;
}

function numberOf(value: string, index: number): number | undefined {
  const field = FIELDS[index];
  if (field === undefined) return undefined;
  const name = field.names.indexOf(value.toLowerCase());
  if (name !== -1) return name + (field.min === 1 ? 1 : 0);
  const number = /^\d{1,2}$/.test(value) ? Number(value) : NaN;
  return number >= field.min && number <= field.max ? number : undefined;
}
