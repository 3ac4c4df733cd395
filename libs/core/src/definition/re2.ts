import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS>();

/**
 * A pattern in RE2 syntax, which matches in linear time whatever the input; throws when it is none. Patterns come from
 * documents, few and reused; the bound only keeps a long-lived process from growing.
 */
export function re2(pattern: string): RE2JS {
  let regex = compiled.get(pattern);
  if (!regex) {
    if (compiled.size >= 1000) compiled.clear();
    regex = RE2JS.compile(pattern);
    compiled.set(pattern, regex);
  }
  return regex;
}

export function isRe2(pattern: string): boolean {
  try {
    re2(pattern);
    return true;
  } catch {
    return false;
  }
}
