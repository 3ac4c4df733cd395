import { describe, expect, it } from '@jest/globals';
import { type InboundMessage, type NodeOutcome, plusMs, type Signal } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { contextOf, NOW, textOf } from '../__fixtures__/context.js';
import { messageAskSpec } from './message-ask.config.js';
import { MessageAskNode } from './message-ask.node.js';
import type { RenderedAsk } from './rendered-ask.js';

const node = new MessageAskNode();

/** One ask, from its prompt to its end, on a clock of its own. */
class Asking {
  now = NOW;
  outcome: NodeOutcome;

  constructor(
    readonly config: RenderedAsk,
    private readonly overrides: Partial<NodeContext> = {},
  ) {
    this.outcome = node.run({ config, fields: {} }, this.context());
  }

  hear(message: InboundMessage | string, afterMs = 1000): NodeOutcome {
    this.now = plusMs(this.now, afterMs);
    const given = typeof message === 'string' ? textOf(message) : message;
    return this.signal({ type: 'message', at: this.now, receivedAt: this.now, message: given });
  }

  ring(afterMs: number): NodeOutcome {
    this.now = plusMs(this.now, afterMs);
    return this.signal({ type: 'timer', at: this.now });
  }

  signal(signal: Signal): NodeOutcome {
    if (this.outcome.kind !== 'waiting') throw new Error('The ask is over');
    this.outcome = node.resume({ config: this.config, fields: {} }, this.context(), signal, this.outcome.wait.memory);
    return this.outcome;
  }

  private context(): NodeContext {
    return contextOf({ now: this.now, ...this.overrides });
  }
}

const said = (outcome: NodeOutcome): unknown[] =>
  outcome.kind === 'waiting'
    ? (outcome.effects ?? []).map((effect) =>
        effect.kind === 'message' && effect.message.type === 'content' ? effect.message.text : effect,
      )
    : [];

const email: RenderedAsk = { text: 'Your e-mail?', expect: { kind: 'email' } };
const team: RenderedAsk = {
  text: 'How big?',
  expect: { kind: 'option' },
  options: [
    { id: 's1', title: '1-10' },
    { id: 's2', title: 'More' },
  ],
};

describe('message.ask', () => {
  it('says its prompt, takes the turn, and learns of the failure of what it said', () => {
    expect(new Asking(email).outcome).toEqual({
      kind: 'waiting',
      wait: {
        messages: 'answer',
        effects: true,
        messagesAfter: NOW,
        until: '2026-03-02T17:30:00.000Z',
        memory: { invalid: 0, deadline: '2026-03-02T17:30:00.000Z', promptedAt: NOW },
      },
      effects: [{ kind: 'message', message: { type: 'content', text: 'Your e-mail?' }, onUnknown: 'resend', notify: 'failure' }],
    });
  });

  it('gives the value of a good answer, with all that was said', () => {
    const outcome = new Asking(email).hear('Lead@Example.com');
    expect(outcome).toEqual({
      kind: 'done',
      output: {
        value: 'lead@example.com',
        text: 'Lead@Example.com',
        kind: 'text',
        attempts: 1,
        messages: [{ id: 'm-Lead@Example.com', at: NOW, kind: 'text', text: 'Lead@Example.com' }],
      },
    });
  });

  it('asks again in the words of the author, or in its own', () => {
    expect(said(new Asking({ ...email, reprompt: { text: 'Again?' } }).hear('no'))).toEqual(['Again?']);
    expect(said(new Asking(email).hear('no'))).toEqual(['That does not look like an e-mail address. Could you check it?']);
  });

  it('leaves by exhausted at the answer after the last reprompt', () => {
    const asking = new Asking({ ...email, reprompt: { max: 1 } });
    asking.hear('no');
    expect(asking.hear('never')).toEqual({
      kind: 'done',
      port: 'exhausted',
      output: { text: 'never', kind: 'text', attempts: 2 },
    });
  });

  it('offers the options again, waits for taps on them, and takes titles and numbers too', () => {
    const asking = new Asking(team);
    expect(asking.outcome).toMatchObject({ wait: { optionIds: ['s1', 's2'] } });
    expect(asking.hear('huge')).toMatchObject({ effects: [{ message: { options: [{ id: 's1' }, { id: 's2' }] } }] });
    expect(asking.hear('more')).toMatchObject({ kind: 'done', output: { value: 's2', attempts: 2 } });
    expect(new Asking(team).hear(textOf('1-10', { kind: 'option', option: { id: 's1', title: '1-10' } }))).toMatchObject({
      output: { value: 's1', kind: 'option' },
    });
    expect(new Asking(team).hear('2')).toMatchObject({ output: { value: 's2' } });
  });

  it('asks again in the words of the first check that fails', () => {
    const config: RenderedAsk = {
      text: 'Seats?',
      expect: { kind: 'number' },
      checks: [
        { when: 'value > 0', text: 'More than none?' },
        { when: 'value < 10', text: 'Fewer?' },
      ],
    };
    const seen: unknown[] = [];
    const evaluate: NodeContext['evaluate'] = (source, locals) => {
      seen.push([source, locals]);
      return source === 'value > 0';
    };
    expect(said(new Asking(config, { evaluate }).hear('50'))).toEqual(['Fewer?']);
    expect(seen).toEqual([
      ['value > 0', { value: 50 }],
      ['value < 10', { value: 50 }],
    ]);
  });

  it('leaves by timeout, counted from the last prompt', () => {
    const asking = new Asking(email);
    expect(asking.hear('no', 20 * 60_000)).toMatchObject({ wait: { until: '2026-03-02T17:50:00.000Z', messagesAfter: NOW } });
    expect(asking.ring(29 * 60_000).kind).toBe('waiting');
    expect(asking.ring(60_000)).toEqual({ kind: 'done', port: 'timeout' });
  });

  it('takes early messages only where it is told to, or expects anything', () => {
    const after = (config: RenderedAsk) => {
      const { outcome } = new Asking(config);
      return outcome.kind === 'waiting' ? outcome.wait.messagesAfter : outcome.kind;
    };
    expect(after({ ...email, early: 'take' })).toBeUndefined();
    expect(after({ text: 'Tell me', expect: { kind: 'any' } })).toBeUndefined();
    expect(after({ text: 'Tell me', expect: { kind: 'any' }, early: 'ignore' })).toBe(NOW);
  });

  it('merges the messages of a burst into one answer, at most five pauses long', () => {
    const asking = new Asking({ text: 'What do you need?', expect: { kind: 'text' }, debounce: 'PT4S' });
    expect(asking.hear('20 licences')).toMatchObject({ wait: { until: '2026-03-02T17:00:05.000Z' } });
    expect(asking.hear('and training')).toMatchObject({ wait: { until: '2026-03-02T17:00:06.000Z' } });
    expect(asking.ring(1000).kind).toBe('waiting');
    expect(asking.ring(3000)).toMatchObject({ kind: 'done', output: { value: '20 licences\nand training', attempts: 1 } });

    const talking = new Asking({ text: 'What do you need?', expect: { kind: 'text' }, debounce: 'PT4S' });
    for (let index = 0; index < 6; index += 1) talking.hear(`line ${index}`, 3500);
    expect(talking.outcome).toMatchObject({ wait: { until: '2026-03-02T17:00:23.500Z' } });
  });

  it('does not keep a tap waiting for the rest of a burst', () => {
    expect(
      new Asking({ ...team, debounce: 'PT4S' }).hear(textOf('More', { kind: 'option', option: { id: 's2', title: 'More' } }))
        .kind,
    ).toBe('done');
  });

  it('raises a prompt that failed, and goes on waiting after one that may have arrived', () => {
    const failure = { code: 'channel.undeliverable', kind: 'terminal', message: 'no such number' } as const;
    expect(new Asking(email).signal({ type: 'effect', at: NOW, result: { outcome: 'failed', failure } })).toEqual({
      kind: 'failed',
      failure,
    });
    const unknown = new Asking(email).signal({ type: 'effect', at: NOW, result: { outcome: 'unknown', failure } });
    expect(unknown).toMatchObject({ kind: 'waiting', wait: { messages: 'answer', until: '2026-03-02T17:30:00.000Z' } });
    expect(said(unknown)).toEqual([]);
  });

  it('prompts with a template whose quick replies are its options', () => {
    const { outcome } = new Asking({
      ...team,
      text: undefined,
      template: { name: 'reminder', language: 'en', category: 'utility' },
    });
    expect(outcome).toMatchObject({
      wait: { optionIds: ['s1', 's2'] },
      effects: [{ message: { type: 'template', name: 'reminder', buttons: [{ payload: 's1' }, { payload: 's2' }] } }],
    });
  });

  it('reads numbers and dates by the habits of the contact', () => {
    const config: RenderedAsk = { text: 'When?', expect: { kind: 'date' } };
    expect(new Asking(config, { contact: { timezone: 'UTC', locale: 'pt-BR' } }).hear('31/03/2026')).toMatchObject({
      output: { value: '2026-03-31' },
    });
    expect(new Asking(config, { contact: null, tenant: { timezone: 'UTC', locale: 'en-US' } }).hear('3/31/2026')).toMatchObject({
      output: { value: '2026-03-31' },
    });
  });
});

describe('the language of message.ask', () => {
  const ports = (config: object) =>
    messageAskSpec
      .ports({ config: messageAskSpec.config.parse({ text: 'Q', ...config }), fields: {}, interruptible: false })
      .map(({ name }) => name);

  it('has a port exhausted wherever an answer can be wrong', () => {
    expect(ports({ expect: { kind: 'email' } })).toEqual(['timeout', 'exhausted']);
    expect(ports({ expect: { kind: 'any' } })).toEqual(['timeout']);
    expect(ports({ expect: { kind: 'any' }, checks: [{ when: 'true', text: 'x' }] })).toEqual(['timeout', 'exhausted']);
  });

  it('knows the ids that an answer can have', () => {
    const config = messageAskSpec.config.parse({ text: 'Q', expect: { kind: 'option' }, options: team.options });
    expect(messageAskSpec.locals?.({ config, fields: {}, interruptible: false }, '/with/checks/0/when')).toEqual({
      value: { type: 'string', enum: ['s1', 's2'] },
    });
  });

  it.each([
    [{ expect: { kind: 'email' } }, 'exactly one of'],
    [{ text: 'Q', expect: { kind: 'option' } }, 'needs'],
    [{ text: 'Q', expect: { kind: 'colour' } }, 'kind'],
    [{ text: 'Q', expect: { kind: 'text', pattern: '(' } }, 'RE2'],
    [{ text: 'Q', expect: { kind: 'email' }, debounce: '5 seconds' }, 'ISO 8601'],
    [{ text: 'Q', expect: { kind: 'email' }, template: { name: 'x', language: 'en', category: 'utility' } }, 'exactly one of'],
  ])('refuses %j', (config, reason) => {
    expect(JSON.stringify(messageAskSpec.config.safeParse(config).error?.issues)).toContain(reason);
  });
});
