/**
 * Ids in an order in which most of them come behind those that lead to them (reverse postorder). Looking at them in this
 * order, an analysis of a graph comes to its end in a few rounds: one more than its loops nest.
 */
export function forwardOrder(start: string | undefined, next: (id: string) => string[]): string[] {
  if (start === undefined) return [];
  const done: string[] = [];
  const seen = new Set([start]);
  // By hand and not by recursion: a chain is as long as the document.
  const path = [{ id: start, left: next(start) }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const child = top.left.shift();
    if (child === undefined) {
      done.push(top.id);
      path.pop();
    } else if (!seen.has(child)) {
      seen.add(child);
      path.push({ id: child, left: next(child) });
    }
  }
  return done.reverse();
}

/** What is still to be looked at, each id once, given out in rounds over a fixed order. Ids may be added while it is read. */
export class Worklist {
  readonly #waiting = new Set<string>();

  constructor(private readonly order: readonly string[]) {}

  add(id: string): void {
    this.#waiting.add(id);
  }

  *[Symbol.iterator](): Generator<string> {
    while (this.#waiting.size > 0) {
      const before = this.#waiting.size;
      let given = 0;
      for (const id of this.order) {
        if (!this.#waiting.delete(id)) continue;
        given += 1;
        yield id;
      }
      // What the order does not know is given out all the same; nothing may be left for ever.
      if (given === 0 && this.#waiting.size === before) {
        const [id] = this.#waiting;
        if (id !== undefined && this.#waiting.delete(id)) yield id;
      }
    }
  }
}
