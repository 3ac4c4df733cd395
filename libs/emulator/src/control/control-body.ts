import { z } from 'zod';
import { ControlError } from './control-error.js';

/** A JSON body in its shape. @throws ControlError 400 */
export function bodyOf<Shape extends z.ZodType>(shape: Shape, body: Buffer | undefined): z.infer<Shape> {
  const text = (body ?? Buffer.alloc(0)).toString('utf8');
  let json: unknown;
  try {
    json = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ControlError(400, 'The body is not valid JSON.');
  }
  return check(shape, json);
}

/** @throws ControlError 400 */
export function check<Shape extends z.ZodType>(shape: Shape, value: unknown): z.infer<Shape> {
  const result = shape.safeParse(value);
  if (!result.success) throw new ControlError(400, z.prettifyError(result.error));
  return result.data;
}
