import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { BellName, Doorbell } from '@workflows/ports';

/** A queue server that a suite has to itself. */
export interface DoorbellServer {
  open(): Doorbell;
  /** Removes everything from the queue, as an operator might who knows that it is disposable. */
  wipe(): Promise<void>;
  /** Cuts every connection; the server itself stays up. */
  disconnectAll(): Promise<void>;
  stop(): Promise<void>;
}

/** The promises of `Doorbell`, tried on a real server. */
export function doorbellContract(name: string, start: () => Promise<DoorbellServer>): void {
  describe(`the doorbell on ${name}`, () => {
    let server: DoorbellServer;
    const opened: Doorbell[] = [];

    beforeAll(async () => {
      server = await start();
    }, 60_000);

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((doorbell) => doorbell.close(1000)));
      await server.wipe();
    });

    afterAll(() => server.stop());

    function open(): Doorbell {
      const doorbell = server.open();
      opened.push(doorbell);
      return doorbell;
    }

    async function listening(bell: BellName, doorbell = open()): Promise<Listener> {
      const listener = new Listener();
      await doorbell.listen(bell, listener.answer);
      return listener;
    }

    it('brings a ring of one process to a listener in another', async () => {
      const listener = await listening('advance');
      open().ring('advance');
      await listener.answered(1);
    });

    it('keeps the bells apart', async () => {
      const doorbell = open();
      const advance = await listening('advance', doorbell);
      const outbound = await listening('outbound', doorbell);
      doorbell.ring('outbound');
      await outbound.answered(1);
      expect(advance.count).toBe(0);
    });

    it('collapses a thousand rings into a few answers', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      for (let ring = 0; ring < 1000; ring += 1) doorbell.ring('advance');
      await listener.answered(1);
      await listener.quiet();
      expect(listener.count).toBeLessThanOrEqual(4);
    });

    it('answers once more after a ring that came during an answer', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      const finish = listener.holdNext();
      doorbell.ring('advance');
      await listener.begun(1);
      doorbell.ring('advance');
      doorbell.ring('advance');
      await pause(100);
      expect(listener.count).toBe(1);
      finish();
      await listener.answered(2);
    });

    it('never runs two answers at once in a process, even when the queue forgets that one is active', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      const finish = listener.holdNext();
      doorbell.ring('advance');
      await listener.begun(1);
      await server.wipe();
      doorbell.ring('advance');
      await pause(200);
      expect(listener.count).toBe(1);
      finish();
      await listener.answered(2);
      expect(listener.mostAtOnce).toBe(1);
    });

    it('is not deaf after the queue was wiped', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      doorbell.ring('advance');
      await listener.answered(1);
      await server.wipe();
      doorbell.ring('advance');
      await listener.answered(2);
    });

    it('is not deaf after an answer that failed', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      listener.failNext();
      doorbell.ring('advance');
      await listener.begun(1);
      doorbell.ring('advance');
      await listener.answered(1);
    });

    it('rings and hears again after every connection was lost', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      doorbell.ring('advance');
      await listener.answered(1);
      await server.disconnectAll();
      doorbell.ring('advance');
      await listener.answered(2);
    });

    it('sends a nonce through the queue and reads it back', async () => {
      await listening('advance');
      await open().roundTrip(5000);
    });

    it('says so when nobody reads the nonce', async () => {
      await expect(open().roundTrip(300)).rejects.toThrow('No listener answered through the queue within 300 ms');
    });

    it('knows that it is connected, and that it is not once closed', async () => {
      const doorbell = open();
      await listening('advance', doorbell);
      expect(await doorbell.isConnected()).toBe(true);
      await doorbell.close(1000);
      expect(await doorbell.isConnected()).toBe(false);
      doorbell.ring('advance');
    });

    it('awaits the running answer when it closes, and starts no other', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      const finish = listener.holdNext();
      doorbell.ring('advance');
      await listener.begun(1);
      doorbell.ring('advance');
      const closed = doorbell.close(5000);
      await pause(50);
      finish();
      await closed;
      expect(listener.finished).toBe(1);
      await listener.quiet();
      expect(listener.count).toBe(1);
    });

    it('gives up on an answer that outlasts the close', async () => {
      const doorbell = open();
      const listener = await listening('advance', doorbell);
      const finish = listener.holdNext();
      doorbell.ring('advance');
      await listener.begun(1);
      await doorbell.close(100);
      expect(listener.finished).toBe(0);
      finish();
    });

    it('hands the ring of a worker that died to another one', async () => {
      const dead = open();
      const stuck = await listening('advance', dead);
      const finish = stuck.holdNext();
      dead.ring('advance');
      await stuck.begun(1);
      // Gone without giving its job back, as after a kill -9.
      await dead.close(0);
      const listener = await listening('advance');
      open().ring('advance');
      await listener.answered(1, 15_000);
      finish();
    });
  });
}

/** Counts answers, and can hold one open or make it fail. */
class Listener {
  count = 0;
  finished = 0;
  mostAtOnce = 0;
  private running = 0;
  private held: Promise<void> | null = null;
  private failing = false;

  readonly answer = async (): Promise<void> => {
    this.count += 1;
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    try {
      await this.take();
      this.finished += 1;
    } finally {
      this.running -= 1;
    }
  };

  holdNext(): () => void {
    let finish = (): void => undefined;
    this.held = new Promise((resolve) => {
      finish = resolve;
    });
    return finish;
  }

  failNext(): void {
    this.failing = true;
  }

  begun(times: number): Promise<void> {
    return until(() => this.count >= times, 10_000, `${times} answers to begin`);
  }

  answered(times: number, timeoutMs = 10_000): Promise<void> {
    return until(() => this.finished >= times, timeoutMs, `${times} answers`);
  }

  /** Resolves when no answer began for a while. */
  async quiet(): Promise<void> {
    for (let seen = -1; seen !== this.count;) {
      seen = this.count;
      await pause(200);
    }
  }

  private async take(): Promise<void> {
    const { held, failing } = this;
    this.held = null;
    this.failing = false;
    await held;
    if (failing) throw new Error('the answer failed on purpose');
  }
}

async function until(holds: () => boolean, timeoutMs: number, what: string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await pause(5);
  }
}
