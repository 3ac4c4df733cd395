/** How often each process looks whether something of a schedule has come: two probes of an index. */
export const TICK_MS = 1_000;
