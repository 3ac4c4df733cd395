import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { conversation, differences, differencesOfEnd } from './conversation.js';

const received = { text: 'How big is your team?', options: ['s1', 's2'], template: null, public: false };

describe('differences', () => {
  it('finds none where everything that was named is so', () => {
    expect(differences({ text: 'How big is your team?' }, received)).toEqual([]);
    expect(differences({ options: ['s1', 's2'] }, received)).toEqual([]);
  });

  it('names each thing that is otherwise', () => {
    expect(differences({ text: 'How big?', options: ['s2', 's1'], template: 'hello' }, received)).toEqual([
      'text: expected "How big?", got "How big is your team?"',
      'options: expected "s2, s1", got "s1, s2"',
      'template: expected "hello", got "none"',
    ]);
  });
});

describe('differencesOfEnd', () => {
  const run = {
    status: 'completed',
    reason: null,
    steps: [
      { node: 'enrich', attempts: 3 },
      { node: 'end_done', attempts: 1 },
    ],
  };

  it('accepts the expected status, path and number of attempts', () => {
    expect(differencesOfEnd({ status: 'completed', path: ['enrich', 'end_done'], attempts: { enrich: 3 } }, run)).toEqual([]);
  });

  it('refuses another path, and a retry that did not happen', () => {
    expect(differencesOfEnd({ status: 'completed', path: ['end_done'], attempts: { enrich: 1 } }, run)).toEqual([
      'path: expected "end_done", got "enrich > end_done"',
      'attempts of enrich: expected 1, got 3',
    ]);
  });
});

describe('the conversations of the examples', () => {
  const examples = new URL('../../examples/', import.meta.url);

  it.each(readdirSync(examples))('%s can be played', (name) => {
    const file = new URL(`${name}/conversation.json`, examples);
    expect(conversation.safeParse(JSON.parse(readFileSync(file, 'utf8'))).error).toBeUndefined();
  });
});
