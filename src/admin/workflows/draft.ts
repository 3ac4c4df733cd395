import type { Json, JsonObject } from '@workflows/core';
import { badRequest, type ProblemEntry } from '../../problems/refusal.js';

export interface Draft {
  id: string;
  name: string;
  draft: JsonObject;
}

const ID = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * The little that a draft must have before it is checked as a program: it is an object with an id and a name. Anything
 * else may still be wrong, because people save what they have not finished. `root` is where the document stands.
 */
export function draftOf(body: unknown, expectedId?: string, root = ''): Draft {
  const draft = objectOf(body);
  const { id, name } = draft;
  const errors: ProblemEntry[] = [];
  if (typeof id !== 'string' || !ID.test(id)) {
    errors.push(
      entry(
        `${root}/id`,
        'id is missing or has another form than an id.',
        'Use 1 to 64 small letters, digits and "-", starting with a letter.',
      ),
    );
  } else if (expectedId !== undefined && id !== expectedId) {
    errors.push(entry(`${root}/id`, 'id differs from the id in the address.', 'Write the same id in both places.'));
  }
  if (typeof name !== 'string' || name.length === 0 || name.length > 200) {
    errors.push(entry(`${root}/name`, 'name is missing or longer than 200 characters.', 'Give the workflow a name for people.'));
  }
  if (errors.length > 0 || typeof id !== 'string' || typeof name !== 'string')
    throw badRequest('The draft cannot be saved; see errors.', errors);
  return { id, name, draft };
}

/** The body as a JSON object; what is in it is for the compiler to judge. */
export function objectOf(body: unknown): JsonObject {
  if (isJsonObject(body)) return body;
  throw badRequest('The body is no workflow document. Send one JSON object with content-type application/json.');
}

function isJsonObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const entry = (path: string, message: string, hint: string): ProblemEntry => ({ path, code: 'shape.invalid', message, hint });
