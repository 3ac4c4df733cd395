import { describe, expect, it } from '@jest/globals';
import type { ContentMessage } from '@workflows/core';
import { render } from './render.js';

const to = [{ kind: 'igsid' as const, value: '65' }];
const content = (message: Omit<ContentMessage, 'type'>) => render({ type: 'content', ...message }, to);

describe('a message to Instagram', () => {
  it('is a text, which may quote', () => {
    expect(content({ text: 'hi', replyTo: 'm-1' })).toEqual({
      to: 'messages',
      body: { recipient: { id: '65' }, message: { text: 'hi' }, reply_to: { mid: 'm-1' } },
    });
  });

  it('offers options as quick replies, and a link as a button', () => {
    expect(content({ text: 'Which?', options: [{ id: 'a', title: 'A' }] })).toMatchObject({
      body: { message: { text: 'Which?', quick_replies: [{ content_type: 'text', title: 'A', payload: 'a' }] } },
    });
    const link = { title: 'Open', url: 'https://shop.example.com' };
    const payload = { template_type: 'button', text: 'Look', buttons: [{ type: 'web_url', ...link }] };
    expect(content({ text: 'Look', link })).toMatchObject({
      body: { message: { attachment: { type: 'template', payload } } },
    });
  });

  it('carries a file by its address or by its id', () => {
    const attachment = (media: ContentMessage['media']) => (media === undefined ? undefined : content({ media }).body);
    expect(attachment({ type: 'document', url: 'https://x.example.com/a.pdf' })).toMatchObject({
      message: { attachment: { type: 'file', payload: { url: 'https://x.example.com/a.pdf' } } },
    });
    expect(attachment({ type: 'image', mediaId: '123' })).toMatchObject({
      message: { attachment: { type: 'image', payload: { attachment_id: '123' } } },
    });
    expect(attachment({ type: 'image', mediaId: 'https://cdn.example.com/from-a-contact' })).toMatchObject({
      message: { attachment: { payload: { url: 'https://cdn.example.com/from-a-contact' } } },
    });
  });

  it('reacts, and takes a reaction back', () => {
    expect(content({ reaction: { emoji: '❤️', messageId: 'm-1' } }).body).toEqual({
      recipient: { id: '65' },
      sender_action: 'react',
      payload: { message_id: 'm-1', reaction: '❤️' },
    });
    expect(content({ reaction: { emoji: '', messageId: 'm-1' } }).body).toMatchObject({ sender_action: 'unreact' });
  });

  it('answers a comment in private by its id, and in public below it', () => {
    const comment = { id: 'c-1', at: '2026-03-02T10:00:00.000Z' };
    expect(content({ text: 'hi', comment })).toEqual({
      to: 'messages',
      body: { recipient: { comment_id: 'c-1' }, message: { text: 'hi' } },
    });
    expect(content({ text: 'hi', comment, public: true })).toEqual({ to: { repliesOf: 'c-1' }, body: { message: 'hi' } });
  });

  it.each<[string, Omit<ContentMessage, 'type'>]>([
    ['answers in public where there is no comment', { text: 'x', public: true }],
    [
      'answers in public with more than words',
      { text: 'x', public: true, comment: { id: 'c', at: '' }, media: { type: 'image', url: 'https://x.example.com' } },
    ],
    ['has a text beside a file', { text: 'x', media: { type: 'image', url: 'https://x.example.com' } }],
    ['says nothing', {}],
    ['has a text of too many bytes, though not of too many characters', { text: '€'.repeat(334) }],
    ['quotes with a reaction and says something', { text: 'x', reaction: { emoji: '👍', messageId: 'm' } }],
  ])('is refused when it %s', (_why, message) => {
    expect(() => content(message)).toThrow(/Remedy: /);
  });
});
