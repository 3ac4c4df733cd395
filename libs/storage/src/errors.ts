import { DatabaseRefusal, DatabaseUnavailable } from '@workflows/ports';
import { errorCode, textOf } from './error-code.js';

/** SQLSTATEs that our own functions raise. Their messages are ours and safe to show. */
const OURS: Record<string, string> = { WF404: 'not_found', WF409: 'conflict', WF412: 'precondition', WF422: 'invalid' };

/** SQLSTATEs of rules in the tables. The server's message may quote values, so only the constraint is named. */
const RULES: Record<string, string> = {
  '23505': 'conflict',
  '23503': 'invalid',
  '23502': 'invalid',
  '23514': 'invalid',
  '42501': 'forbidden',
};

/**
 * Turns what `pg` throws into what the port promises: DatabaseRefusal for rules, DatabaseUnavailable where the same
 * call may succeed later, and anything else as it came, because it is a defect.
 */
export function translateError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || error instanceof DatabaseRefusal) return error;
  const code = errorCode(error);
  const message = textOf(error, 'message') ?? '';
  const ours = code && OURS[code];
  if (ours) return new DatabaseRefusal(ours, message, textOf(error, 'detail'));
  const rule = code && (RULES[code] ?? (code.startsWith('22') ? 'invalid' : undefined));
  if (rule) {
    const constraint = textOf(error, 'constraint');
    return new DatabaseRefusal(
      rule,
      constraint ? `The rule ${constraint} refused this.` : `Postgres refused this (${code}).`,
      constraint,
    );
  }
  if (isPassing(message, code))
    return new DatabaseUnavailable(`The database is not available (${code ?? 'connection lost'}).`, { cause: error });
  return error;
}

/**
 * 08: connection; 53: resources; 57: shutdown, start and statement timeout; 40: deadlock; 25P02 and 25006: failover.
 * Without a SQLSTATE it is the socket (ECONNREFUSED, ...) or the pool.
 */
function isPassing(message: string, code: string | undefined): boolean {
  if (code && /^(08|53|57|40)...$/.test(code)) return true;
  if (code && (code === '25006' || code === '55P03')) return true;
  if (code && /^E[A-Z]+$/.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|not queryable|Client was closed/.test(message);
}
