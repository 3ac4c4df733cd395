import { describe, expect, it } from '@jest/globals';
import { contextOf, NOW, WHATSAPP } from '../__fixtures__/context.js';
import { MessageTemplateNode } from './message-template.node.js';

const node = new MessageTemplateNode();
const template = { name: 'welcome', language: 'en', category: 'utility' } as const;

describe('message.template', () => {
  it('waits until the provider has accepted it', () => {
    const outcome = node.run(
      { config: { ...template, params: { '1': 'Ana' }, buttons: [{ payload: 'yes' }] }, fields: {} },
      contextOf(),
    );
    expect(outcome).toEqual({
      kind: 'waiting',
      wait: { effects: true, memory: { left: 1 } },
      effects: [
        {
          kind: 'message',
          message: { type: 'template', ...template, params: { '1': 'Ana' }, buttons: [{ payload: 'yes' }] },
          onUnknown: 'resend',
          notify: 'accepted',
        },
      ],
    });
    const signal = {
      type: 'effect',
      at: NOW,
      result: { outcome: 'done', data: { messageId: 'w1', status: 'accepted' } },
    } as const;
    expect(node.resume({ config: template, fields: {} }, contextOf(), signal, { left: 1 })).toEqual({
      kind: 'done',
      output: { messageId: 'w1', status: 'accepted' },
    });
  });

  it('shows a computed place in its header, if it is one', () => {
    const at = (location: unknown) =>
      node.run({ config: { ...template, await: 'queued', header: { location } }, fields: {} }, contextOf());
    expect(at({ latitude: 1, longitude: 2 })).toMatchObject({
      effects: [{ message: { header: { location: { latitude: 1, longitude: 2 } } } }],
    });
    expect(() => at('here')).toThrow('channel.template');
  });

  it('is refused on a channel without templates', () => {
    const context = contextOf({ capabilities: { ...WHATSAPP, templates: false } });
    expect(() => node.run({ config: template, fields: {} }, context)).toThrow('channel.unsupported');
  });
});
