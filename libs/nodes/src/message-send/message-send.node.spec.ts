import { describe, expect, it } from '@jest/globals';
import type { EffectResult, NodeOutcome } from '@workflows/core';
import { contextOf, NOW, WHATSAPP } from '../__fixtures__/context.js';
import { messageSendSpec } from './message-send.config.js';
import { MessageSendNode } from './message-send.node.js';

const node = new MessageSendNode();
const run = (config: Parameters<MessageSendNode['run']>[0]['config'], context = contextOf()) =>
  node.run({ config, fields: {} }, context);

function settle(outcome: NodeOutcome, result: EffectResult): NodeOutcome {
  if (outcome.kind !== 'waiting') throw new Error(`Expected to wait, got ${outcome.kind}`);
  return node.resume({ config: {}, fields: {} }, contextOf(), { type: 'effect', at: NOW, result }, outcome.wait.memory);
}

const accepted = (messageId: string): EffectResult => ({ outcome: 'done', data: { messageId, status: 'accepted' } });
const refused = { code: 'channel.throttled', kind: 'retryable', message: 'slow down' } as const;

describe('message.send', () => {
  it('goes on at once when the message is queued', () => {
    expect(run({ text: 'Hi' })).toEqual({
      kind: 'done',
      output: { messageId: '', status: 'queued' },
      effects: [{ kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'never' }],
    });
  });

  it('gives a long text out as several messages, in order', () => {
    const outcome = run({ text: `${'a'.repeat(4000)}\n\n${'b'.repeat(4000)}` });
    expect(outcome.kind === 'done' && outcome.effects?.length).toBe(2);
  });

  it('waits for the provider when it shall be accepted, and gives the id of the first message', () => {
    const waiting = run({ text: `${'a'.repeat(4000)}\n\n${'b'.repeat(4000)}`, await: 'accepted' });
    expect(waiting).toMatchObject({
      kind: 'waiting',
      wait: { effects: true },
      effects: [{ notify: 'accepted' }, { notify: 'accepted' }],
    });
    expect(waiting.kind === 'waiting' && waiting.wait.until).toBeUndefined();
    const half = settle(waiting, accepted('w1'));
    expect(half.kind).toBe('waiting');
    expect(settle(half, accepted('w2'))).toEqual({ kind: 'done', output: { messageId: 'w1', status: 'accepted' } });
  });

  it('leaves by timeout when no receipt of delivery comes in time', () => {
    const waiting = run({ text: 'Hi', await: 'delivered' }, contextOf({ timeoutMs: 60_000 }));
    expect(waiting).toMatchObject({
      wait: { effects: true, until: '2026-03-02T17:01:00.000Z' },
      effects: [{ notify: 'delivered' }],
    });
    const memory = waiting.kind === 'waiting' ? waiting.wait.memory : undefined;
    expect(node.resume({ config: {}, fields: {} }, contextOf(), { type: 'timer', at: NOW }, memory)).toEqual({
      kind: 'done',
      port: 'timeout',
    });
  });

  it('fails as the channel failed, and never tries an unknown send again', () => {
    const waiting = run({ text: 'Hi', await: 'accepted', onUnknown: 'hold' });
    expect(waiting.kind === 'waiting' && waiting.effects?.[0]).toMatchObject({ onUnknown: 'hold' });
    expect(settle(waiting, { outcome: 'failed', failure: refused })).toEqual({ kind: 'failed', failure: refused });
    expect(settle(waiting, { outcome: 'unknown', failure: refused })).toMatchObject({
      failure: { code: 'effect.unknown', kind: 'terminal' },
    });
  });

  it('takes options that were computed, and refuses what is none', () => {
    expect(run({ text: 'Q', options: [{ id: 'a', title: 'A', extra: 1 }] })).toMatchObject({
      effects: [{ message: { options: [{ id: 'a', title: 'A' }] } }],
    });
    expect(() => run({ text: 'Q', options: [] })).toThrow('channel.invalid');
    expect(() => run({ text: 'Q', options: [{ id: 1 }] })).toThrow('channel.invalid');
    expect(() => run({ location: { latitude: 100, longitude: 0 } })).toThrow('channel.invalid');
  });

  it('says what is missing where the run has no conversation', () => {
    expect(() => run({ text: 'Hi' }, contextOf({ channel: null, capabilities: null }))).toThrow('Give its trigger a "contact"');
    expect(() =>
      run({ text: 'Hi', media: { type: 'image', url: 'x' } }, contextOf({ capabilities: { ...WHATSAPP, media: [] } })),
    ).toThrow('channel.unsupported');
  });

  it('wants a timeout port only when it waits for the delivery', () => {
    const ports = (config: object) => messageSendSpec.ports({ config, fields: {}, interruptible: false }).map(({ name }) => name);
    expect([ports({}), ports({ await: 'accepted' }), ports({ await: 'delivered' })]).toEqual([[], [], ['timeout']]);
  });

  it.each([
    [{}, 'Give a "text"'],
    [{ text: 'x', link: { title: 'a', url: 'b' }, media: { type: 'image', url: 'c' } }, 'at most one of'],
    [{ media: { type: 'image' } }, 'exactly one of "url" and "mediaId"'],
    [{ text: 'x', options: [{ id: 'Not Good', title: 'a' }] }, 'Lower-case letters'],
  ])('refuses %j', (config, reason) => {
    expect(JSON.stringify(messageSendSpec.config.safeParse(config).error?.issues)).toContain(JSON.stringify(reason).slice(1, -1));
  });
});
