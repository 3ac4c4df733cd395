/*
 * Events of the engine itself, which triggers of types of their own hear. No user can emit one, wait for it or name it in a
 * trigger of type `event`.
 */

/** A run has ended: `workflow.finished`. */
export const FINISHED_EVENT = '$workflow.finished';

/** A provider has told what became of a message: `channel.status`. The database writes it with the receipt. */
export const STATUS_EVENT = '$message.status';
