import { SetMetadata } from '@nestjs/common';

/** What is recorded of a route that could change something. A route without a rule is recorded under the name of its path. */
export type AuditRule =
  | { kind: 'as'; action: string }
  /** The function that makes the change writes the record too, in the same transaction. */
  | { kind: 'with_change' }
  /** A POST that only asks. */
  | { kind: 'asks' };

export const AUDIT_RULE = 'workflows:audit-rule';

const rule = (value: AuditRule) => SetMetadata(AUDIT_RULE, value);

/** Recorded under this name, where that of the path would not say what happens. */
export const RecordedAs = (action: string) => rule({ kind: 'as', action });

export const RecordedWithChange = () => rule({ kind: 'with_change' });

export const ChangesNothing = () => rule({ kind: 'asks' });
