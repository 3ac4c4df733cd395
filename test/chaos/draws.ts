import { mulberry32 } from '@workflows/emulator';

/**
 * Every random choice of a run comes from here, so that its seed repeats them all. Each place that chooses takes draws of
 * its own: what one of them does must not change the luck of the others.
 */
export class Draws {
  /** 0 <= number < 1. */
  readonly number: () => number;

  constructor(
    readonly seed: number,
    name = '',
  ) {
    this.number = mulberry32(
      [...name].reduce((mixed, letter) => Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), 0x01000193), seed),
    );
  }

  of(name: string): Draws {
    return new Draws(this.seed, name);
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
