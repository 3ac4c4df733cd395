const RULES: Array<[RegExp, string]> = [
  [/\b(Bearer|Basic|Token)\s+[^\s"',]+/gi, '$1 [redacted]'],
  [/\bwf_[a-z0-9]+_[A-Za-z0-9_-]+/g, 'wf_[redacted]'],
  [/\b(access_token|token|secret|password|key|signature)=[^\s&"']+/gi, '$1=[redacted]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1[redacted]@'],
  [/(\/[^\s?"']*)\?[^\s"'#]+/g, '$1?[redacted]'],
  // Phone numbers, with or without plus. Numbers inside ids, which have letters or hyphens around them, stay.
  [/(?<![\w.-])\+?\d{8,15}(?![\w-])/g, '[number]'],
];

const SECRET_NAMES = /^(authorization|cookie|set-cookie|x-hub-signature(-256)?|.*(password|secret|token|apikey|api_key))$/i;
const DEEPEST = 6;

/** Takes out of a text what must not stand in a log: keys, tokens, queries of addresses, phone numbers. */
export function redact(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** The same for everything inside a value; fields with a telling name are hidden whole. */
export function redactDeep(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[deep]';
  if (value instanceof Error) return errorOf(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, SECRET_NAMES.test(name) ? '[redacted]' : redactDeep(item, depth + 1)]),
  );
}

/** Name, message and stack only: errors of clients carry whole requests in their other fields. */
function errorOf(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redact(error.message),
    stack: redact(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: redactDeep(error.cause, depth + 1) }),
  };
}
