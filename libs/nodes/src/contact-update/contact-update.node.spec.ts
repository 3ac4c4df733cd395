import { describe, expect, it } from '@jest/globals';
import { contextOf } from '../__fixtures__/context.js';
import { type ContactUpdateConfig, contactUpdateSpec } from './contact-update.config.js';
import { ContactUpdateNode } from './contact-update.node.js';

const node = new ContactUpdateNode();

function requestOf(config: ContactUpdateConfig) {
  const outcome = node.run({ config, fields: {} }, contextOf());
  if (outcome.kind !== 'waiting' || outcome.effects?.[0]?.kind !== 'store') throw new Error('Expected one store effect');
  return outcome.effects[0].request;
}

describe('contact.update', () => {
  it('hands over one change, with attributes apart from the fields', () => {
    const set = { name: 'Ana Lima', locale: 'pt-BR', timezone: null, 'attributes.city': 'Recife', 'attributes.old': null };
    expect(requestOf({ set, addTags: ['vip'], removeTags: ['new'], optOut: false })).toEqual({
      do: 'contact',
      set: { name: 'Ana Lima', locale: 'pt-BR', timezone: null },
      attributes: { city: 'Recife', old: null },
      addTags: ['vip'],
      removeTags: ['new'],
      optOut: false,
    });
  });

  it.each<[string, ContactUpdateConfig]>([
    ['a locale that is none', { set: { locale: 'portuguese please' } }],
    ['a timezone that is none', { set: { timezone: 'Brazil' } }],
    ['a name that is no text', { set: { name: 4 } }],
    ['an empty tag', { addTags: [' '] }],
  ])('refuses %s once it is rendered', (_what, config) => {
    expect(() => requestOf(config)).toThrow('expr.failed');
  });

  it('knows its fields, and has to change something', () => {
    const fits = (config: object) => contactUpdateSpec.config.safeParse(config).success;
    expect([fits({ set: { 'attributes.city': 1 } }), fits({ optOut: true }), fits({ addTags: ['a'] })]).toEqual([
      true,
      true,
      true,
    ]);
    expect([fits({}), fits({ set: { phone: '1' } }), fits({ set: { attributes: {} } })]).toEqual([false, false, false]);
  });
});
