/** Short, so that what a killed process held comes back within the patience of whoever watches. */
export const LEASE_MS = 3_000;

/**
 * The same for the engine, as its variables. `apiIsAway`: receipts may have to wait until it is back, and then as long as
 * the emulator's longest pause between two tries of a webhook. They are in time all the same: what a receipt that comes
 * too late does is another question, which the protocol answers with a second message.
 */
export function paceOf(apiIsAway: boolean): Record<string, string> {
  return {
    LEASE: `PT${LEASE_MS / 1_000}S`,
    SEND_TIMEOUT: 'PT1S',
    SWEEP_INTERVAL: 'PT0.2S',
    UNKNOWN_SEND_WAIT: apiIsAway ? 'PT45S' : 'PT8S',
  };
}
