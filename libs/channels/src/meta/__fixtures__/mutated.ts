/** A copy in which one value, counted through the whole tree, is replaced or removed. */
export function mutated(body: unknown, place: number, value: unknown, remove: boolean): unknown {
  const copy: unknown = structuredClone(body);
  const spots: Array<() => void> = [];
  collect(copy, value, remove, spots);
  spots[place % Math.max(1, spots.length)]?.();
  return copy;
}

function collect(node: unknown, value: unknown, remove: boolean, spots: Array<() => void>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    spots.push(() => (remove ? Reflect.deleteProperty(node, key) : Reflect.set(node, key, value)));
    collect(child, value, remove, spots);
  }
}
