/**
 * Every random choice of a run comes from here, so that its seed repeats them all. Each place that chooses takes draws of
 * its own: what one of them does must not change the luck of the others.
 */
export class Draws {
  private state: number;

  constructor(
    readonly seed: number,
    name = '',
  ) {
    this.state = [...name].reduce((mixed, letter) => Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), 0x01000193), seed) >>> 0;
  }

  of(name: string): Draws {
    return new Draws(this.seed, name);
  }

  /** 0 <= number < 1 (Tommy Ettinger's mulberry32, public domain). */
  number(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(least: number, most: number): number {
    return least + this.number() * (most - least);
  }

  one<Thing>(things: readonly Thing[]): Thing {
    const thing = things[Math.floor(this.number() * things.length)];
    if (thing === undefined) throw new Error('There is nothing to choose from.');
    return thing;
  }
}
