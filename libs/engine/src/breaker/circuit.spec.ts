import { describe, expect, it } from '@jest/globals';
import { type CallOutcome, Circuit } from './circuit.js';

/** Asks and tells at one instant; false when the call was not let through. */
function call(circuit: Circuit, outcome: CallOutcome, nowMs: number): boolean {
  const admission = circuit.admit(nowMs);
  if (admission.admitted) circuit.settle(admission.period, outcome, nowMs);
  return admission.admitted;
}

const calls = (circuit: Circuit, outcomes: CallOutcome[], nowMs: number): boolean[] =>
  outcomes.map((outcome) => call(circuit, outcome, nowMs));
const fail = (circuit: Circuit, count: number, nowMs: number) => calls(circuit, Array<CallOutcome>(count).fill('failed'), nowMs);

describe('a circuit', () => {
  it('opens when five calls in a row have failed, and says for how long', () => {
    const circuit = new Circuit();
    expect(fail(circuit, 7, 0)).toEqual([true, true, true, true, true, false, false]);
    expect(circuit.admit(500)).toEqual({ admitted: false, retryInMs: 1_500 });
  });

  it('opens when more than half of the latest twenty have failed, however they are mixed', () => {
    const circuit = new Circuit();
    const mixed = Array.from({ length: 7 }, (): CallOutcome[] => ['failed', 'failed', 'worked']).flat();
    expect(calls(circuit, mixed, 0).filter(Boolean)).toHaveLength(20);
    const half = new Circuit();
    const even = Array.from({ length: 50 }, (): CallOutcome[] => ['failed', 'worked']).flat();
    expect(calls(half, even, 0)).not.toContain(false);
  });

  it('lets one call at a time through after the pause, and all after three that work', () => {
    const circuit = new Circuit();
    fail(circuit, 5, 0);
    const probe = circuit.admit(2_000);
    expect(probe.admitted).toBe(true);
    expect(circuit.admit(2_000)).toMatchObject({ admitted: false });
    if (probe.admitted) circuit.settle(probe.period, 'worked', 2_100);
    expect(calls(circuit, ['worked', 'worked'], 2_200)).toEqual([true, true]);
    const [first, second] = [circuit.admit(2_300), circuit.admit(2_300)];
    expect([first.admitted, second.admitted]).toEqual([true, true]);
  });

  it('stays open twice as long each time that the call after the pause fails too, but never longer than thirty seconds', () => {
    const circuit = new Circuit();
    fail(circuit, 5, 0);
    const pauses: number[] = [];
    let now = 2_000;
    for (let turn = 0; turn < 6; turn += 1) {
      expect(call(circuit, 'failed', now)).toBe(true);
      const refused = circuit.admit(now);
      if (refused.admitted) throw new Error('It was not open.');
      pauses.push(refused.retryInMs);
      now += refused.retryInMs;
    }
    expect(pauses).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(calls(circuit, ['worked', 'worked', 'worked'], now)).toEqual([true, true, true]);
    fail(circuit, 5, now);
    expect(circuit.admit(now)).toEqual({ admitted: false, retryInMs: 2_000 });
  });

  it('is not moved by calls that began before it opened, nor by those that say nothing of the service', () => {
    const circuit = new Circuit();
    const early = circuit.admit(0);
    fail(circuit, 5, 0);
    const probe = circuit.admit(2_000);
    if (!early.admitted || !probe.admitted) throw new Error('They were to be admitted.');
    // The one from before failed long after the service was well again.
    expect(circuit.settle(early.period, 'failed', 2_000)).toBe(false);
    circuit.settle(probe.period, 'neither', 2_000);
    expect(call(circuit, 'worked', 2_001)).toBe(true);
    expect(new Circuit().settle(0, 'neither', 0)).toBe(false);
  });
});
