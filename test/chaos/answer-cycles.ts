export interface AnswerCycle {
  bytes: Buffer;
  /** The server is done with a statement, and what it did is committed. */
  committed: boolean;
}

const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const COMMAND_COMPLETE = 'C'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);
/** Type and length of a message. */
const HEAD = 5;

/**
 * Takes the stream from Postgres apart where the server is ready for the next statement, so that an answer can be kept
 * back as a whole. What comes before the first one, while both sides still introduce themselves, and notifications between
 * two statements are handed on at once.
 */
export class AnswerCycles {
  private rest: Buffer = Buffer.alloc(0);
  private held: Buffer[] = [];
  private introduced = false;
  private completed = false;

  take(chunk: Buffer): AnswerCycle[] {
    const cycles: AnswerCycle[] = [];
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= HEAD) {
      const size = 1 + this.rest.readUInt32BE(1);
      if (this.rest.length < size) break;
      const message = this.rest.subarray(0, size);
      this.rest = this.rest.subarray(size);
      this.held.push(message);
      const type = message[0];
      if (type === COMMAND_COMPLETE) this.completed = true;
      if (type === READY_FOR_QUERY) {
        cycles.push(this.cycle(this.introduced && this.completed && message[HEAD] === IDLE));
        this.introduced = true;
        this.completed = false;
      } else if (!this.introduced || isAside(type)) {
        cycles.push(this.cycle(false));
      }
    }
    return cycles;
  }

  private cycle(committed: boolean): AnswerCycle {
    const bytes = Buffer.concat(this.held);
    this.held = [];
    return { bytes, committed };
  }
}

/** Notifications, notices and changed settings come when they like; holding them would hold them until the next statement. */
function isAside(type: number | undefined): boolean {
  return type !== undefined && 'ANS'.includes(String.fromCharCode(type));
}
