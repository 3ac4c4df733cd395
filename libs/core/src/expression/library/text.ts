import { createHash } from 'node:crypto';
import type { Environment } from '@marcbachmann/cel-js';
import { re2 } from '../../definition/re2.js';
import { fold } from '../../message/fold.js';

export function registerTextFunctions(environment: Environment): void {
  environment
    .registerFunction('lower(string): string', { async: false, handler: (text: string) => text.toLowerCase() })
    .registerFunction('upper(string): string', { async: false, handler: (text: string) => text.toUpperCase() })
    .registerFunction('title(string): string', { async: false, handler: title })
    .registerFunction('fold(string): string', { async: false, handler: fold })
    .registerFunction('truncate(string, int): string', { async: false, handler: truncate })
    .registerFunction('replace(string, string, string): string', {
      async: false,
      handler: (text: string, from: string, to: string) => (from === '' ? text : text.split(from).join(to)),
    })
    .registerFunction('default(string, string): string', {
      async: false,
      handler: (text: string, other: string) => (text === '' ? other : text),
    })
    .registerFunction('digits(string): string', { async: false, handler: (text: string) => text.replace(/\D/g, '') })
    .registerFunction('urlEncode(string): string', { async: false, handler: urlEncode })
    .registerFunction('sha256(string): string', {
      async: false,
      handler: (text: string) => createHash('sha256').update(text).digest('hex'),
    })
    .registerFunction('regexMatch(string, string): bool', {
      async: false,
      handler: (text: string, pattern: string) => re2(pattern).matcher(text).find(),
    })
    .registerFunction('regexFind(string, string): string', { async: false, handler: regexFind });
}

function title(text: string): string {
  return text.replace(/\p{L}[\p{L}\p{M}\p{N}'’]*/gu, (word) => {
    const [first = '', ...rest] = word;
    return first.toUpperCase() + rest.join('').toLowerCase();
  });
}

/** Counts characters and not UTF-16 units, so that no emoji is cut in two. */
function truncate(text: string, length: bigint): string {
  const wanted = Math.max(0, Number(length));
  return text.length <= wanted ? text : Array.from(text).slice(0, wanted).join('');
}

/** Half a surrogate pair has no encoding; it becomes the replacement character. */
function urlEncode(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

function regexFind(text: string, pattern: string): string {
  const matcher = re2(pattern).matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}
