import { describe, expect, it } from '@jest/globals';
import { terminal } from '../failure.js';
import type { CompiledTrigger } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import { graphOf, nodeOf, specOf, triggerOf } from '../machine/__fixtures__/graph.js';
import { messageOf, Player, START } from '../machine/__fixtures__/player.js';
import { plusMs } from '../machine/instant.js';
import type { Wait } from '../machine/outcome.js';
import type { InboundMessage } from '../message/inbound.js';
import type { LiveRun } from './live-run.js';
import { type PublishedWorkflow, routeMessage, type RouteInput } from './route.js';

const LATER = plusMs(START, 60_000);

/** A run of workflow `of` that waits in the given way since `askedAt`. */
function waitingRun(id: string, wait: Wait, { of = 'other', askedAt = START, triggers = {} } = {}): LiveRun {
  const player = new Player(
    graphOf([nodeOf('first', { spec: specOf('waiting') })], {
      workflow: of,
      triggers: { hello: triggerOf('hello'), ...triggers },
    }),
  );
  player.now = askedAt;
  player.start({ executionId: id });
  player.answer({ kind: 'waiting', wait });
  return { state: player.state, graph: player.graph };
}

/** A run that is busy with something that no message can change. */
function busyRun(id: string, of: string, trigger: CompiledTrigger = triggerOf('hello'), event: JsonObject = {}): LiveRun {
  const player = new Player(graphOf([nodeOf('first')], { workflow: of, triggers: { [trigger.id]: trigger } }));
  player.start({ executionId: id, trigger: trigger.id, event });
  player.answer({ kind: 'waiting', wait: { until: LATER } });
  return { state: player.state, graph: player.graph };
}

function workflow(id: string, definition: JsonObject = {}, overrides: Partial<CompiledTrigger> = {}): PublishedWorkflow {
  const trigger = triggerOf('in', { definition: { channels: ['whatsapp'], ...definition }, ...overrides });
  return { workflow: id, triggers: { in: trigger } };
}

function route(input: Partial<RouteInput> & { message?: InboundMessage }) {
  return routeMessage({
    message: messageOf('hello'),
    receivedAt: LATER,
    channel: 'whatsapp',
    connection: 'main',
    runs: [],
    workflows: [],
    ...input,
  });
}

const session = (onActive: CompiledTrigger['session']['onActive']): Partial<CompiledTrigger> => ({
  session: { key: 'contact', onActive, debounceMs: 0, maxDebounceMs: 0 },
});

describe('a message', () => {
  it('goes to the run that asked last', () => {
    const runs = [
      waitingRun('new', { messages: 'answer' }, { askedAt: plusMs(START, 5000) }),
      waitingRun('old', { messages: 'answer' }),
    ];
    expect(route({ runs })).toEqual({ to: 'run', executionId: 'new', token: 1 });
  });

  it('goes back to the older ask when the newer run is over', () => {
    expect(route({ runs: [waitingRun('old', { messages: 'answer' })] })).toEqual({ to: 'run', executionId: 'old', token: 1 });
  });

  it('that came before the prompt is no answer to it, and starts nothing else', () => {
    const runs = [waitingRun('asking', { messages: 'answer', messagesAfter: LATER })];
    expect(route({ runs, workflows: [workflow('any')] })).toEqual({ to: 'consumed', executionId: 'asking', why: 'early' });
  });

  it('answers an ask before it interrupts a wait', () => {
    const runs = [waitingRun('sleeping', { messages: 'interrupt' }), waitingRun('asking', { messages: 'answer' })];
    expect(route({ runs })).toMatchObject({ executionId: 'asking' });
  });

  it('interrupts a wait before it starts anything', () => {
    const runs = [waitingRun('sleeping', { messages: 'interrupt' })];
    expect(route({ runs, workflows: [workflow('any')] })).toEqual({ to: 'run', executionId: 'sleeping', token: 1 });
  });

  it('joins the burst that a run still gathers', () => {
    const player = new Player(
      graphOf([nodeOf('first')], {
        triggers: {
          hello: triggerOf('hello', { session: { key: 'contact', onActive: 'resume', debounceMs: 3000, maxDebounceMs: 9000 } }),
        },
      }),
    );
    player.start({ message: messageOf('one') });
    expect(route({ runs: [{ state: player.state, graph: player.graph }] })).toEqual({ to: 'gather', executionId: 'run-1' });
  });

  it('that nobody wants stays with nobody', () => {
    expect(route({})).toEqual({ to: 'nobody' });
    expect(route({ workflows: [workflow('shop', { keywords: ['buy'] })] })).toEqual({ to: 'nobody' });
  });
});

describe('a tap', () => {
  const tap = messageOf('Yes', { kind: 'option', option: { id: 'yes', title: 'Yes' } });

  it('finds the ask that offered it, although another one has the turn', () => {
    const runs = [
      waitingRun('new', { messages: 'answer', optionIds: ['a', 'b'] }, { askedAt: plusMs(START, 5000) }),
      waitingRun('old', { messages: 'answer', optionIds: ['yes', 'no'] }),
    ];
    expect(route({ runs, message: tap })).toMatchObject({ executionId: 'old' });
  });

  it('on one of two equal questions answers the one whose message it quotes', () => {
    const runs = [
      waitingRun('new', { messages: 'answer', optionIds: ['yes'] }, { askedAt: plusMs(START, 5000) }),
      waitingRun('old', { messages: 'answer', optionIds: ['yes'] }),
    ];
    expect(route({ runs, message: tap })).toMatchObject({ executionId: 'new' });
    expect(route({ runs, message: tap, quoted: { executionId: 'old', step: 1 } })).toMatchObject({ executionId: 'old' });
    expect(route({ runs, message: tap, quoted: { executionId: 'old', step: 7 } })).toMatchObject({ executionId: 'new' });
  });
});

describe('a reaction', () => {
  const reaction = messageOf('', { kind: 'reaction', reaction: { messageId: 'm1', emoji: '👍' } });

  it('answers and interrupts nothing', () => {
    const runs = [waitingRun('asking', { messages: 'answer' }), waitingRun('sleeping', { messages: 'interrupt' })];
    expect(route({ runs, message: reaction, workflows: [workflow('any')] })).toEqual({ to: 'nobody' });
  });

  it('starts what names it', () => {
    expect(route({ message: reaction, workflows: [workflow('likes', { kinds: ['reaction'] })] })).toMatchObject({
      to: 'start',
      workflowId: 'likes',
    });
  });
});

describe('a trigger', () => {
  it('starts one run with the event of the message', () => {
    expect(route({ workflows: [workflow('shop')] })).toEqual({
      to: 'start',
      workflowId: 'shop',
      trigger: 'in',
      cancel: [],
      event: {
        id: 'm-hello',
        trigger: 'in',
        type: 'channel.message',
        at: LATER,
        channel: 'whatsapp',
        kind: 'text',
        text: 'hello',
        messages: [{ id: 'm-hello', at: START, kind: 'text', text: 'hello' }],
      },
    });
  });

  it.each([
    ['exact', 'quote', 'Quóte', true],
    ['exact', 'quote', 'a quote', false],
    ['prefix', 'quo', 'Quote me', true],
    ['prefix', 'quote', 'a quote', false],
    ['contains', 'price list', 'the PRICE, list please', true],
    ['contains', 'price', 'priceless', false],
  ])('with keywords matched %s takes "%s" from "%s": %s', (keywordMatch, keyword, text, fits) => {
    const found = route({ message: messageOf(text), workflows: [workflow('shop', { keywordMatch, keywords: [keyword] })] });
    expect(found.to).toBe(fits ? 'start' : 'nobody');
  });

  it('listens only to its channels, its connection and its kinds', () => {
    expect(route({ workflows: [workflow('shop', { channels: ['instagram'] })] }).to).toBe('nobody');
    expect(route({ workflows: [workflow('shop', { connection: 'second' })] }).to).toBe('nobody');
    expect(route({ workflows: [workflow('shop', { connection: 'main' })] }).to).toBe('start');
    expect(route({ workflows: [workflow('shop', { kinds: ['media'] })] }).to).toBe('nobody');
    expect(route({ message: messageOf('', { kind: 'unsupported' }), workflows: [workflow('shop')] }).to).toBe('nobody');
    expect(route({ workflows: [workflow('shop', {}, { type: 'webhook' })] }).to).toBe('nobody');
  });

  it('starts nothing when its condition does not hold or cannot be computed', () => {
    const fails = () => {
      throw terminal('expr.failed', 'no such key');
    };
    expect(route({ workflows: [workflow('shop', {}, { when: ({ event }) => event?.['text'] === 'hello' })] }).to).toBe('start');
    expect(route({ workflows: [workflow('shop', {}, { when: () => false })] }).to).toBe('nobody');
    expect(route({ workflows: [workflow('shop', {}, { when: fails }), workflow('tail')] })).toMatchObject({ workflowId: 'tail' });
  });

  it('goes by priority, then keyworded before open, then by workflow id', () => {
    const open = workflow('a-open');
    const second = workflow('c-words', { keywords: ['hello'] });
    const first = workflow('b-words', { keywords: ['hello'] });
    const urgent = workflow('z-urgent', { priority: 5 });
    expect(route({ workflows: [open, second, first, urgent] })).toMatchObject({ workflowId: 'z-urgent' });
    expect(route({ workflows: [open, second, first] })).toMatchObject({ workflowId: 'b-words' });
  });

  it('that interrupts comes before the ask that has the turn', () => {
    const runs = [waitingRun('asking', { messages: 'answer' })];
    const menu = workflow('menu', { keywords: ['hello'], interrupts: true });
    expect(route({ runs, workflows: [menu] })).toMatchObject({ to: 'start', workflowId: 'menu' });
  });

  it('that interrupts leaves the answer to its own workflow when that one is asking', () => {
    const runs = [waitingRun('asking', { messages: 'answer' }, { of: 'menu' })];
    expect(route({ runs, workflows: [workflow('menu', { interrupts: true })] })).toMatchObject({
      to: 'run',
      executionId: 'asking',
    });
    const restarting = workflow('menu', { interrupts: true }, session('restart'));
    expect(route({ runs, workflows: [restarting] })).toMatchObject({ to: 'start', cancel: ['asking'] });
  });
});

describe('a session', () => {
  const runs = [busyRun('busy', 'shop')];

  it.each([
    ['resume', { to: 'consumed', executionId: 'busy', why: 'active' }],
    ['ignore', { to: 'consumed', executionId: 'busy', why: 'ignored' }],
    ['restart', { to: 'start', workflowId: 'shop', cancel: ['busy'] }],
  ] as const)('that is active decides by onActive %s', (onActive, expected) => {
    expect(route({ runs, workflows: [workflow('shop', {}, session(onActive))] })).toMatchObject(expected);
  });

  it('of another workflow does not keep a trigger from starting', () => {
    expect(route({ runs, workflows: [workflow('help')] })).toMatchObject({ to: 'start', workflowId: 'help' });
  });

  it('without a key starts a run for every message', () => {
    const keyless = workflow('shop', {}, { session: { key: null, onActive: 'resume', debounceMs: 0, maxDebounceMs: 0 } });
    expect(route({ runs, workflows: [keyless] })).toMatchObject({ to: 'start', cancel: [] });
  });

  it('with a key of its own is only active under the same key', () => {
    const byText: Partial<CompiledTrigger> = {
      session: { key: ({ event }) => JSON.stringify(event?.['text']), onActive: 'ignore', debounceMs: 0, maxDebounceMs: 0 },
    };
    const active = [busyRun('busy', 'shop', triggerOf('in', byText), { text: 'hello' })];
    expect(route({ runs: active, workflows: [workflow('shop', {}, byText)] })).toMatchObject({ to: 'consumed' });
    expect(route({ runs: active, message: messageOf('other'), workflows: [workflow('shop', {}, byText)] })).toMatchObject({
      to: 'start',
    });
  });
});

describe('a tap that no run waits for', () => {
  const tap = messageOf('Prices', { kind: 'option', option: { id: 'menu:prices', title: 'Prices' } });
  const postback = (id: string, payloads?: string[]) =>
    workflow(id, payloads === undefined ? {} : { payloads }, { type: 'channel.postback' });

  it('starts the workflow that names its payload, exactly or by its beginning, before one that takes everything', () => {
    const workflows = [postback('a'), postback('b', ['menu:*']), postback('c', ['other'])];
    expect(route({ message: tap, workflows })).toMatchObject({
      to: 'start',
      workflowId: 'b',
      event: { type: 'channel.postback', payload: 'menu:prices', title: 'Prices' },
    });
    expect(route({ message: tap, workflows: [postback('c', ['menu:prices'])] })).toMatchObject({ workflowId: 'c' });
    expect(route({ message: tap, workflows: [postback('c', ['menu'])] })).toEqual({ to: 'nobody' });
  });

  it('is no tap when it is only written', () => {
    expect(route({ message: messageOf('menu:prices'), workflows: [postback('a')] })).toEqual({ to: 'nobody' });
  });
});

describe('what no trigger wants', () => {
  const fallback = workflow('desk', { keywords: ['desk'] });

  it("starts the tenant's fallback workflow, whatever its trigger asks for", () => {
    expect(route({ workflows: [fallback], fallback: 'desk' })).toMatchObject({ to: 'start', workflowId: 'desk' });
    expect(route({ workflows: [fallback, workflow('open')], fallback: 'desk' })).toMatchObject({ workflowId: 'open' });
  });

  it('stays unclaimed without one, on other channels, and when it says nothing', () => {
    expect(route({ workflows: [fallback] })).toEqual({ to: 'nobody' });
    expect(route({ workflows: [fallback], fallback: 'gone' })).toEqual({ to: 'nobody' });
    expect(route({ workflows: [fallback], fallback: 'desk', channel: 'instagram' })).toEqual({ to: 'nobody' });
    const thumb = messageOf('', { kind: 'reaction', reaction: { messageId: 'm', emoji: '👍' } });
    expect(route({ workflows: [fallback], fallback: 'desk', message: thumb })).toEqual({ to: 'nobody' });
  });
});

describe('a conversation that people have', () => {
  it('gets no run and starts none, whoever waits', () => {
    const runs = [waitingRun('a', { messages: 'answer' })];
    expect(route({ runs, workflows: [workflow('open', { interrupts: true })], taken: true })).toEqual({ to: 'people' });
  });
});
