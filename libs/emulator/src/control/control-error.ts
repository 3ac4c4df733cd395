/** A request to the control API that cannot be carried out, with what to do instead. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
