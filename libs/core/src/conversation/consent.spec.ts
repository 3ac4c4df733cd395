import { describe, expect, it } from '@jest/globals';
import type { InboundMessage } from '../message/inbound.js';
import { consentOf } from './consent.js';
import { OPT_IN, OPT_OUT } from './consent-words.js';
import { conversationRulesShape } from './rules.js';

const says = (text: string, overrides: Partial<InboundMessage> = {}): InboundMessage => ({
  id: 'm1',
  at: '2026-03-02T17:00:00.000Z',
  kind: 'text',
  text,
  ...overrides,
});
const SUBSCRIBED = { optedOut: false };
const OUT = { optedOut: true };

describe('consentOf', () => {
  it.each(['stop', 'STOP!', ' Stop. ', 'Opt-out', 'UNSUBSCRIBE'])('takes "%s" for an opt-out', (text) => {
    expect(consentOf(says(text), {}, SUBSCRIBED, ['en'])).toMatchObject({ optedOut: true });
  });

  it.each(["don't stop", 'stop it now please', 'cancel', '', '🛑'])('takes "%s" for nothing of the kind', (text) => {
    expect(consentOf(says(text), {}, SUBSCRIBED, ['en'])).toBeNull();
  });

  it('hears a tap on a button that says so, and no caption', () => {
    const option = { id: 'x', title: 'Stop' };
    expect(consentOf(says('Stop', { kind: 'option', option }), {}, SUBSCRIBED, ['en'])).toMatchObject({ optedOut: true });
    expect(consentOf(says('Stop', { kind: 'media' }), {}, SUBSCRIBED, ['en'])).toBeNull();
  });

  it.each([
    ['es', 'Darme de baja'],
    ['pt-BR', 'cancelar inscricao'],
    ['de', 'Abmelden'],
    ['fr', 'arret'],
    ['it_IT', 'annulla iscrizione'],
  ])('knows the words of %s, with and without accents, and the English ones beside them', (locale, text) => {
    expect(consentOf(says(text), {}, SUBSCRIBED, [locale])).toMatchObject({
      confirmation: OPT_OUT.confirmation[locale.slice(0, 2)],
    });
    expect(consentOf(says('stop'), {}, SUBSCRIBED, [locale])).toMatchObject({ optedOut: true });
    expect(consentOf(says(text), {}, SUBSCRIBED, ['xx'])).toBeNull();
  });

  it("answers in the contact's language, or the tenant's, or English", () => {
    const confirmation = (...locales: string[]) => consentOf(says('stop'), {}, SUBSCRIBED, locales)?.confirmation;
    expect(confirmation('pt', 'de')).toBe(OPT_OUT.confirmation['pt']);
    expect(confirmation('xx', 'de')).toBe(OPT_OUT.confirmation['de']);
    expect(confirmation('xx', 'yy')).toBe(OPT_OUT.confirmation['en']);
  });

  it('takes a word of opt-in only from somebody who has opted out', () => {
    expect(consentOf(says('start'), {}, SUBSCRIBED, ['en'])).toBeNull();
    expect(consentOf(says('start'), {}, OUT, ['en'])).toEqual({ optedOut: false, confirmation: OPT_IN.confirmation['en'] });
  });

  it("replaces the words of a language by the tenant's own, and leaves the other languages", () => {
    const rules = { optOut: { words: { en: ['quit'], pt: [] }, confirmation: { en: 'Bye.' } } };
    expect(consentOf(says('quit'), rules, SUBSCRIBED, ['en'])).toEqual({ optedOut: true, confirmation: 'Bye.' });
    expect(consentOf(says('stop'), rules, SUBSCRIBED, ['en'])).toBeNull();
    expect(consentOf(says('sair'), rules, SUBSCRIBED, ['pt'])).toBeNull();
    expect(consentOf(says('abmelden'), rules, SUBSCRIBED, ['de'])).toMatchObject({ optedOut: true });
  });

  it('says of each language both words and an answer', () => {
    for (const { words, confirmation } of [OPT_OUT, OPT_IN]) {
      expect(Object.keys(confirmation).sort()).toEqual(['de', 'en', 'es', 'fr', 'it', 'pt']);
      expect(Object.keys(words).sort()).toEqual(Object.keys(confirmation).sort());
    }
  });
});

describe('the rules of a tenant', () => {
  it('are refused with unknown fields and languages that are none', () => {
    expect(conversationRulesShape.safeParse({ optout: {} }).success).toBe(false);
    expect(conversationRulesShape.safeParse({ optOut: { words: { English: ['stop'] } } }).success).toBe(false);
    expect(conversationRulesShape.safeParse({ optOut: { words: { en: [' '] } } }).success).toBe(false);
  });
});
