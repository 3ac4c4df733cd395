import { describe, expect, it } from '@jest/globals';
import {
  WorkflowError,
  type ContactAlias,
  type ContentMessage,
  type OutboundMessage,
  type TemplateMessage,
} from '@workflows/core';
import { render } from './render.js';

const PHONE: ContactAlias[] = [
  { kind: 'bsuid', value: 'US.1' },
  { kind: 'wa_id', value: '5511999990001' },
];
const options = (count: number, change: { title?: string; description?: string } = {}) =>
  Array.from({ length: count }, (_, index) => ({ id: `o${index}`, title: `Option ${index}`, ...change }));
const content = (message: Omit<ContentMessage, 'type'>) => rendered({ type: 'content', ...message });
const template = (message: Partial<TemplateMessage>) =>
  rendered({ type: 'template', name: 'follow_up', language: 'en', category: 'utility', params: {}, ...message });

describe('the recipient', () => {
  it('is the phone number with its plus, wherever one is known', () => {
    expect(content({ text: 'hi' })).toMatchObject({ to: '+5511999990001' });
    expect(content({ text: 'hi' })).not.toHaveProperty('recipient');
  });

  it('is the user id in a field of its own when no number is known', () => {
    const body = rendered({ type: 'content', text: 'hi' }, [
      { kind: 'parent_bsuid', value: 'US.ENT.2' },
      { kind: 'bsuid', value: 'US.1' },
    ]);
    expect(body).toMatchObject({ recipient: 'US.1' });
    expect(body).not.toHaveProperty('to');
  });

  it('cannot be a stranger to WhatsApp', () => {
    expect(refusal({ type: 'content', text: 'hi' }, [{ kind: 'igsid', value: '1' }])).toMatchObject({
      code: 'channel.undeliverable',
    });
  });

  it('needs a number for an authentication template', () => {
    const message: TemplateMessage = {
      type: 'template',
      name: 'otp',
      language: 'en',
      category: 'authentication',
      params: { 1: '123456' },
    };
    expect(refusal(message, [{ kind: 'bsuid', value: 'US.1' }])).toMatchObject({ code: 'channel.unsupported' });
  });
});

describe('content', () => {
  it('is a text with its reference and the message that it answers', () => {
    expect(content({ text: 'hi', replyTo: 'wamid.q' })).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+5511999990001',
      type: 'text',
      text: { body: 'hi' },
      context: { message_id: 'wamid.q' },
      biz_opaque_callback_data: 'effect-1',
    });
  });

  it('offers three short options as buttons', () => {
    expect(content({ text: 'Pick', options: options(3) })).toMatchObject({
      interactive: {
        type: 'button',
        body: { text: 'Pick' },
        action: { buttons: [{ type: 'reply', reply: { id: 'o0', title: 'Option 0' } }, {}, {}] },
      },
    });
  });

  it.each([
    ['four options', options(4)],
    ['a title of 21 characters', options(2).map((option) => ({ ...option, title: `${option.id} ${'x'.repeat(18)}` }))],
    ['a description', options(2).map((option) => ({ ...option, description: 'more' }))],
  ])('turns to a list for %s', (_reason, offered) => {
    expect(content({ text: 'Pick', options: offered, listLabel: 'Open' })).toMatchObject({
      interactive: { type: 'list', action: { button: 'Open', sections: [{ rows: offered }] } },
    });
  });

  it('puts a picture above buttons', () => {
    expect(content({ text: 'Pick', options: options(1), media: { type: 'image', mediaId: '9' } })).toMatchObject({
      interactive: { header: { type: 'image', image: { id: '9' } } },
    });
  });

  it('carries media by link or id, a link, a place and a reaction', () => {
    expect(content({ text: 'look', media: { type: 'image', url: 'https://example.com/a.png' } })).toMatchObject({
      type: 'image',
      image: { link: 'https://example.com/a.png', caption: 'look' },
    });
    expect(content({ media: { type: 'document', mediaId: '9', filename: 'a.pdf' } })).toMatchObject({
      document: { id: '9', filename: 'a.pdf' },
    });
    expect(content({ text: 'Read', link: { title: 'Open', url: 'https://example.com' } })).toMatchObject({
      interactive: {
        type: 'cta_url',
        action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'https://example.com' } },
      },
    });
    expect(content({ location: { latitude: 1, longitude: 2, name: 'Here' } })).toMatchObject({
      type: 'location',
      location: { latitude: 1, longitude: 2, name: 'Here' },
    });
    const reaction = content({ reaction: { emoji: '', messageId: 'wamid.q' }, replyTo: 'wamid.q' });
    expect(reaction).toMatchObject({ type: 'reaction', reaction: { message_id: 'wamid.q', emoji: '' } });
    expect(reaction).not.toHaveProperty('context');
  });

  it.each<[string, string, Omit<ContentMessage, 'type'>]>([
    ['text', 'nothing at all', {}],
    ['text', 'a text of 4097 characters', { text: 'x'.repeat(4097) }],
    ['text', '1025 characters above options', { text: 'x'.repeat(1025), options: options(1) }],
    ['text', 'a caption on audio', { text: 'x', media: { type: 'audio', mediaId: '1' } }],
    ['text', 'a caption of 1025 characters', { text: 'x'.repeat(1025), media: { type: 'image', mediaId: '1' } }],
    ['options', 'eleven options', { text: 'x', options: options(11) }],
    ['options', 'no options', { text: 'x', options: [] }],
    ['options', 'a description of 73 characters', { text: 'x', options: options(1, { description: 'x'.repeat(73) }) }],
    ['options.title', 'two equal titles', { text: 'x', options: options(2, { title: 'Same' }) }],
    ['options.title', 'an empty title', { text: 'x', options: options(1, { title: '' }) }],
    ['listLabel', 'a list label of 21 characters', { text: 'x', options: options(4), listLabel: 'x'.repeat(21) }],
    ['link.title', 'a link title of 21 characters', { text: 'x', link: { title: 'x'.repeat(21), url: 'https://example.com' } }],
    ['link', 'a link beside options', { text: 'x', options: options(1), link: { title: 'a', url: 'https://example.com' } }],
    ['media', 'media above a list', { text: 'x', options: options(4), media: { type: 'image', mediaId: '1' } }],
    ['media', 'media without a source', { media: { type: 'image' } }],
    ['text', 'a text beside a location', { text: 'x', location: { latitude: 1, longitude: 2 } }],
  ])('refuses by the field %s: %s', (field, _name, message) => {
    expect(refusal({ type: 'content', ...message })).toMatchObject({
      code: 'channel.invalid',
      kind: 'terminal',
      details: { field },
    });
  });

  it('repeats nothing of a message that it refuses', () => {
    expect(JSON.stringify(refusal({ type: 'content', text: 'secret'.repeat(1000) }))).not.toContain('secretsecret');
  });
});

describe('templates', () => {
  it('fills parameters by position, in order', () => {
    expect(template({ params: { 2: 'two', 1: 'one' } })).toMatchObject({
      type: 'template',
      template: {
        name: 'follow_up',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'one' },
              { type: 'text', text: 'two' },
            ],
          },
        ],
      },
    });
  });

  it('fills parameters by name', () => {
    expect(template({ params: { first_name: 'Ana' } })).toMatchObject({
      template: { components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Ana' }] }] },
    });
  });

  it('carries a header and the values of its buttons by their position', () => {
    expect(
      template({
        header: { media: { type: 'image', url: 'https://example.com/a.png' } },
        buttons: [{ payload: 'yes' }, {}, { urlSuffix: 'a/b' }, { code: 'SAVE10' }],
      }),
    ).toMatchObject({
      template: {
        components: [
          { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/a.png' } }] },
          { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'yes' }] },
          { type: 'button', sub_type: 'url', index: '2', parameters: [{ type: 'text', text: 'a/b' }] },
          { type: 'button', sub_type: 'copy_code', index: '3', parameters: [{ type: 'coupon_code', coupon_code: 'SAVE10' }] },
        ],
      },
    });
  });

  it('has no components when it has no parameters', () => {
    expect(template({})).toMatchObject({ template: { name: 'follow_up', language: { code: 'en' } } });
    expect(JSON.stringify(template({}))).not.toContain('components');
  });

  it.each<[string, Record<string, string>]>([
    ['an empty value', { 1: '' }],
    ['a gap', { 1: 'a', 3: 'c' }],
    ['names beside positions', { 1: 'a', name: 'b' }],
  ])('refuses parameters with %s', (_name, params) => {
    expect(refusal({ type: 'template', name: 'x', language: 'en', category: 'utility', params })).toMatchObject({
      code: 'channel.invalid',
    });
  });
});

function rendered(message: OutboundMessage, to = PHONE) {
  return render(message, to, 'effect-1');
}

function refusal(message: OutboundMessage, to = PHONE) {
  try {
    rendered(message, to);
  } catch (error) {
    if (error instanceof WorkflowError) return error.failure;
    throw error;
  }
  throw new Error('The message was not refused.');
}
