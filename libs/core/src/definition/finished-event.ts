/**
 * The event that tells of a run's end, for triggers of type `workflow.finished`. No user can emit it, wait for it or name
 * it in a trigger of type `event`.
 */
export const FINISHED_EVENT = '$workflow.finished';
