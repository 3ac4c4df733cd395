import { badRequest } from '../problems/refusal.js';

/** The value of the header Idempotency-Key; refuses one that could not be stored and compared as it is. */
export function checkedKey(key: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw badRequest(
    'The header Idempotency-Key is not made of 1 to 200 printable ASCII characters. Use a UUID or the id of your own record.',
  );
}
