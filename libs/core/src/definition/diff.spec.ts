import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { diffDocuments } from './diff.js';

const document: JsonObject = {
  dsl: '1.0',
  id: 'lead',
  name: 'Lead',
  vars: { email: { type: 'string' } },
  triggers: [
    { id: 'word', type: 'channel.message', keywords: ['quote'] },
    { id: 'api', type: 'call' },
  ],
  start: 'ask',
  nodes: {
    ask: { type: 'message.ask', with: { text: 'Email?', choices: ['a', 'b'] }, next: 'end' },
    end: { type: 'end' },
  },
};

describe('the difference of two documents', () => {
  it('is nothing when only the order of keys, triggers or the version changed', () => {
    const { id = null, ...rest } = document;
    expect(
      diffDocuments(document, {
        ...rest,
        triggers: [
          { id: 'api', type: 'call' },
          { id: 'word', type: 'channel.message', keywords: ['quote'] },
        ],
        version: 7,
        id,
      }),
    ).toEqual([]);
  });

  it('names what was added, removed and changed, each with its pointer', () => {
    const changed = {
      ...document,
      name: 'Leads',
      vars: { email: { type: 'string', default: '' } },
      triggers: [{ id: 'word', type: 'channel.message', keywords: ['quote', 'price'] }],
      nodes: {
        ask: { type: 'message.ask', with: { text: 'Your email?', choices: ['a'] }, next: 'thanks' },
        thanks: { type: 'message.send', with: { text: 'Thanks' }, next: 'end' },
        end: { type: 'end' },
      },
    };
    expect(diffDocuments(document, changed)).toEqual([
      {
        part: 'field',
        name: 'name',
        change: 'changed',
        path: '/name',
        values: [{ change: 'changed', path: '/name', from: 'Lead', to: 'Leads' }],
      },
      {
        part: 'variable',
        name: 'email',
        change: 'changed',
        path: '/vars/email',
        values: [{ change: 'added', path: '/vars/email/default', to: '' }],
      },
      {
        part: 'trigger',
        name: 'word',
        change: 'changed',
        path: '/triggers/0',
        values: [{ change: 'added', path: '/triggers/0/keywords/1', to: 'price' }],
      },
      { part: 'trigger', name: 'api', change: 'removed', path: '/triggers/1' },
      {
        part: 'node',
        name: 'ask',
        change: 'changed',
        path: '/nodes/ask',
        values: [
          { change: 'changed', path: '/nodes/ask/with/text', from: 'Email?', to: 'Your email?' },
          { change: 'removed', path: '/nodes/ask/with/choices/1', from: 'b' },
          { change: 'changed', path: '/nodes/ask/next', from: 'end', to: 'thanks' },
        ],
      },
      { part: 'node', name: 'thanks', change: 'added', path: '/nodes/thanks' },
    ]);
  });

  it('escapes names in its pointers', () => {
    const [change] = diffDocuments({ vars: {} }, { vars: { 'a/b~c': { type: 'string' } } });
    expect(change).toEqual({ part: 'variable', name: 'a/b~c', change: 'added', path: '/vars/a~1b~0c' });
  });

  it('shows an unfinished draft, whatever stands in its places', () => {
    expect(diffDocuments({ nodes: {} }, { nodes: 'soon', triggers: [3] })).toEqual([
      { part: 'trigger', name: '0', change: 'added', path: '/triggers/0' },
      { part: 'field', name: 'nodes', change: 'added', path: '/nodes' },
    ]);
  });
});
