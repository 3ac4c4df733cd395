import type { EmulatorClient } from '@workflows/emulator';
import type { Crew } from './crew.js';
import type { Customers } from './customers.js';
import type { Desk } from './desk.js';
import type { Draws } from './draws.js';
import type { Ground } from './ground.js';

/** Everything that a fault may lay hands on. */
export interface Stage {
  ground: Ground;
  crew: Crew;
  emulator: EmulatorClient;
  customers: Customers;
  /** Of the tenants, at the emulator. */
  numbers: readonly string[];
  desk: Desk;
  /** Draws of this fault alone. */
  draws: Draws;
  /** One line of progress. */
  say(line: string): void;
  /** Resolves after so many milliseconds, or when the phase of the faults is over. */
  pause(ms: number): Promise<void>;
  /** The phase of the faults is over: mend what is broken, and return. */
  over: AbortSignal;
}

/** One thing that goes wrong, again and again, for as long as its phase lasts. */
export interface Fault {
  name: string;
  /** In a few words, for the list of what there is. */
  what: string;
  /** What it needs to be played at all. */
  needs?: 'redis' | 'own postgres';
  /**
   * What the provider may notice of it: that webhooks are refused for moments, or that there is nobody for so long that
   * receipts come late. Of all other faults it must notice nothing.
   */
  api?: 'refuses' | 'away';
  /** Module that is loaded before the program of each worker, by its place. */
  preload?: (place: number) => string;
  /**
   * Goes wrong until the stage is over, then leaves everything whole. Gives how often it struck: one that never did has
   * shown nothing. Throws when the product did not behave as the fault itself demands, with what it should have done.
   */
  play(stage: Stage): Promise<number>;
}
