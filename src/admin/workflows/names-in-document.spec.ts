import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { renameIn, requirementsOf } from './names-in-document.js';

const document: JsonObject = {
  dsl: '1.0',
  id: 'demo',
  name: 'Demo',
  triggers: [
    { id: 'wa', type: 'channel.message', channels: ['whatsapp'], connection: 'support' },
    {
      id: 'hook',
      type: 'webhook',
      auth: { type: 'hmac', secret: 'crm_hook', header: 'x-signature' },
      contact: { connection: '{{ event.body.line }}', address: 'x' },
    },
  ],
  start: 'call',
  nodes: {
    call: {
      type: 'http.request',
      with: { method: 'POST', url: 'https://crm.example/{{ tenant.settings.region }}', credential: 'crm' },
      next: 'remind',
    },
    remind: { type: 'message.template', with: { name: 'reminder', language: 'en', category: 'utility' }, next: 'other' },
    other: { type: 'workflow.call', with: { workflow: 'follow-up' }, next: 'bye' },
    bye: { type: 'end' },
  },
};

describe('requirementsOf', () => {
  it('lists every name by kind, and no computed one', () => {
    expect(requirementsOf(document)).toEqual({
      connections: ['support'],
      credentials: ['crm', 'crm_hook'],
      templates: ['reminder'],
      settings: ['region'],
      workflows: ['follow-up'],
    });
  });

  it('is empty for a document that needs nothing', () => {
    expect(
      requirementsOf({ dsl: '1.0', id: 'a', name: 'A', triggers: [], start: 'bye', nodes: { bye: { type: 'end' } } }),
    ).toEqual({});
  });
});

describe('renameIn', () => {
  it('replaces names and nothing else', () => {
    const renamed = renameIn(document, (kind, name) => (kind === 'connections' ? `${name}-eu` : name));
    expect(requirementsOf(renamed).connections).toEqual(['support-eu']);
    expect(renameIn(renamed, (kind, name) => (kind === 'connections' ? name.replace('-eu', '') : name))).toEqual(document);
  });
});
