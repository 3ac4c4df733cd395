import { terminal } from '@workflows/core';

export interface Guards {
  maxChars?: number | undefined;
  linkHosts?: string[] | undefined;
}

/** Throws WorkflowError `ai.blocked` when an answer breaks a condition of its node. The answer itself is not repeated. */
export function guard(answer: string, { maxChars, linkHosts }: Guards = {}): void {
  if (maxChars !== undefined && [...answer].length > maxChars) {
    throw terminal('ai.blocked', `The answer is longer than the ${maxChars} characters of "guards.maxChars".`);
  }
  if (linkHosts === undefined) return;
  const allowed = new Set(linkHosts.map((host) => host.toLowerCase()));
  for (const host of linkedHosts(answer)) {
    if (!allowed.has(host)) throw terminal('ai.blocked', 'The answer has a link to a host that is not in "guards.linkHosts".');
  }
}

/** Messengers make links of bare names too, such as `shop.example/x`, so these count. */
function linkedHosts(text: string): string[] {
  const links = text.matchAll(
    /(?:https?:\/\/)?(?:[^\s/@"'()<>[\]{}\\]*@)?((?:[\p{L}\d-]+\.)+\p{L}{2,}|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?/giu,
  );
  return [...links].flatMap(([link, host]) => (host === undefined ? [] : isLink(link, host) ? [host.toLowerCase()] : []));
}

/** `e.g.` and `3.14` are no links; what names a protocol or a path always is. */
function isLink(link: string, host: string): boolean {
  return /^https?:/i.test(link) || !/^\d+(\.\d+)*$/.test(host);
}
