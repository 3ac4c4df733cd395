import { foldedWords } from '../message/fold.js';
import type { InboundMessage } from '../message/inbound.js';
import { OPT_IN, OPT_OUT } from './consent-words.js';
import type { ConversationRules } from './rules.js';

export interface Consent {
  /** What the contact wants from now on. */
  optedOut: boolean;
  /** What they are answered. */
  confirmation: string;
}

/**
 * Whether a message is a word of opt-out or opt-in (language, sections 6.3 and 6.4). It is only when it says nothing else:
 * "stop" is, "don't stop" is not. Words of opt-in count only for those who have opted out: for all others "start" is any word.
 * `locales`: those of contact and tenant; the words of their languages count, and the English ones everywhere.
 */
export function consentOf(
  message: InboundMessage,
  rules: ConversationRules,
  contact: { optedOut: boolean },
  locales: readonly string[],
): Consent | null {
  // What is written below a post is said to everybody, and not to the account.
  if ((message.kind !== 'text' && message.kind !== 'option') || message.comment !== undefined) return null;
  const said = spoken(message.text);
  if (said === '') return null;
  const languages = [...new Set([...locales.map(languageOf), 'en'])];
  const means = (usual: typeof OPT_OUT, own: ConversationRules['optOut']): string | null => {
    const words = languages.flatMap((language) => own?.words?.[language] ?? usual.words[language] ?? []);
    if (!words.some((word) => spoken(word) === said)) return null;
    const texts = languages.map((language) => own?.confirmation?.[language] ?? usual.confirmation[language]);
    return texts.find((text) => text !== undefined) ?? '';
  };
  const out = means(OPT_OUT, rules.optOut);
  if (out !== null) return { optedOut: true, confirmation: out };
  const back = contact.optedOut ? means(OPT_IN, rules.optIn) : null;
  return back === null ? null : { optedOut: false, confirmation: back };
}

/** Without case, accents and punctuation: "STOP!" is "stop". */
function spoken(text: string): string {
  return foldedWords(text).join(' ');
}

function languageOf(locale: string): string {
  return locale.toLowerCase().split(/[-_]/)[0] ?? '';
}
