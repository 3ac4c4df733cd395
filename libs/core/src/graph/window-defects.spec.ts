import { describe, expect, it } from '@jest/globals';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import { TENANT } from './__fixtures__/channels.js';
import { goodDocument } from './__fixtures__/good-documents.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { findingsOf, rowOf, type Seeded, shown } from './__fixtures__/seeded.js';
import { compile } from './compile.js';

const WORDS = '/nodes/words';
const FREE_TEXT: JsonObject = { type: 'message.send', with: { text: 'Hello again.' }, next: 'end_done' };

const DEFECTS: Seeded[] = [
  ['words after the wait of a morning', 'follow-up-by-template', '/nodes/follow_up', FREE_TEXT, 'window.closed'],
  ['words after a day without a guard', 'send-or-template', '/nodes/later/next', 'words', 'window.closed', WORDS],
  ['words on the wrong side of the guard', 'send-or-template', '/nodes/is_open/default', 'words', 'window.closed', WORDS],
  [
    'a guard that asks for nothing',
    'send-or-template',
    '/nodes/is_open/cases/0/when',
    'conversation.windowMinutes >= 0',
    'window.closed',
    WORDS,
  ],
  [
    'a guard that is turned round',
    'guard-turned-round',
    '/nodes/left/cases/0/when',
    'conversation.windowMinutes > 60',
    'window.closed',
    '/nodes/words',
  ],
  [
    'a guard beside an alternative',
    'guard-with-more',
    '/nodes/choose/cases/0/when',
    'vars.optIn || conversation.windowMinutes > 30',
    'window.closed',
    WORDS,
  ],
  [
    'a question whose silence outlives the window',
    'nudge-once',
    '/nodes/ask_mail/timeout',
    'P2D',
    'window.closed',
    '/nodes/nudge',
  ],
  ['two silences that are too long together', 'nudge-once', '/nodes/ask_mail/timeout', 'PT24H', 'window.closed', '/nodes/nudge'],
  ['words to a contact who did not write', 'order-ready', '/nodes/tell', FREE_TEXT, 'window.closed'],
  ['words for both doors', 'two-doors', '/nodes/which/cases/0/next', 'words', 'window.closed', WORDS],
  ['a caller who promises nothing', 'call-with-window', '/triggers/0/window', undefined, 'window.closed', '/nodes/say'],
  [
    'a promise shorter than the wait',
    'call-with-window',
    '/nodes',
    { say: { type: 'wait.for', with: { duration: 'PT3H' }, next: 'tell' }, tell: FREE_TEXT, end_done: { type: 'end' } },
    'window.closed',
    '/nodes/tell',
  ],
  [
    'a question instead of its template',
    'ask-by-template',
    '/nodes/remind/with',
    { text: 'Do you come?', expect: { kind: 'text' } },
    'window.closed',
    '/nodes/remind',
  ],
  [
    'words where a template went unanswered',
    'ask-by-template',
    '/nodes/remind/on/timeout',
    'thanks',
    'window.closed',
    '/nodes/thanks',
  ],
  [
    'words after a wait of computed length',
    'send-or-template',
    '/nodes/later',
    { type: 'wait.for', with: { duration: '{{ contact.name }}' }, next: 'words' },
    'window.closed',
    WORDS,
  ],
  [
    'words after an instant',
    'send-or-template',
    '/nodes/later',
    { type: 'wait.until', with: { at: '{{ run.now }}' }, next: 'words' },
    'window.closed',
    WORDS,
  ],
  ['words on a weekday', 'closed-window-first', '/nodes/pause/next', 'words', 'window.closed', WORDS],
  [
    'words although the window is just shut',
    'closed-window-first',
    '/nodes/closed/cases/0/when',
    'conversation.windowMinutes != 0',
    'window.closed',
    WORDS,
  ],
  ['a silent poll without an end', 'poll-while-open', '/nodes/check/default', 'poll', 'window.closed', '/nodes/done'],
  ['attempts that take all day', 'learns-of-refusal', '/nodes/tell/deadline', 'P1D', 'window.closed', '/nodes/tell_again'],
  ['a receipt that is waited for too long', 'receipt', '/nodes/tell/timeout', 'P2D', 'window.closed', '/nodes/again'],
  ['an apology after a call that takes two days', 'apology', '/nodes/fetch/deadline', 'P2D', 'window.closed', '/nodes/sorry'],
  ['the default deadline of a whole document', 'apology', '/defaults/deadline', 'P2D', 'window.closed', '/nodes/sorry'],
  ['a fourth nudge, which a day has no room for', 'three-nudges', '/nodes/nudge/maxVisits', 5, 'window.closed', '/nodes/nudge'],
  ['nudges that nobody counts', 'three-nudges', '/nodes/nudge/maxVisits', undefined, 'window.closed', '/nodes/nudge'],
];

describe('family window', () => {
  it.each(DEFECTS.map(rowOf))('finds $what', (row) => {
    expect(findingsOf(row).map(shown)).toContain(`${row.code} ${row.path}`);
  });
});

/** A contact writes, one wait passes, and free text follows. */
const afterWait = (wait: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...goodDocument('hello'),
  start: 'pause',
  nodes: { pause: { ...wait, next: 'say' }, say: { ...FREE_TEXT, next: 'end_done' }, end_done: { type: 'end' } },
  ...more,
});

const problemsOf = (document: JsonObject) => compile(document, { nodeTypes, context: TENANT }).problems;
const waitFor = (duration: string): JsonObject => ({ type: 'wait.for', with: { duration } });
const waitUntil = (local: JsonObject): JsonObject => ({ type: 'wait.until', with: { local: { timezone: 'contact', ...local } } });

describe('the bound on the silence', () => {
  it.each([
    ['a second less than 24 hours', waitFor('PT23H59M59S'), []],
    ['24 hours to the second', waitFor('P1D'), ['window.closed /nodes/say']],
    ['a time of this day', waitUntil({ addDays: 0, at: '09:30' }), []],
    ['a time of the next day', waitUntil({ addDays: 1, at: '09:30' }), ['window.closed /nodes/say']],
    ['the hours of an office', waitUntil({ between: ['09:00', '18:00'] }), []],
  ])('knows how long %s is', (_what, wait, expected) => {
    expect(problemsOf(afterWait(wait)).map(shown)).toEqual(expected);
  });

  it('names the way and its hours', () => {
    const row = rowOf(['', 'nudge-once', '/nodes/ask_mail/timeout', 'P2D', 'window.closed']);
    expect(findingsOf(row)).toEqual([
      {
        path: '/nodes/nudge',
        code: 'window.closed',
        severity: 'error',
        message: "'nudge' sends free text, but on whatsapp the 24 hours after the contact's last message may be over.",
        hint: 'On the way ask_mail -> nudge the contact may be silent for 48 hours. Send a message.template, shorten the waits, or ask whether conversation.windowMinutes >= 1 in a switch before.',
      },
    ]);
  });

  it('begins its way where the contact last answered', () => {
    const document = goodDocument('endless-form');
    const nodes = { ...nodesOf(document), more: waitNode('P2D', 'late'), late: { ...FREE_TEXT } };
    expect(problemsOf({ ...document, nodes }).find(({ code }) => code === 'window.closed')?.hint).toContain(
      'ask_b -> more -> late',
    );
  });

  it('names the trigger whose contacts are silent, and no other', () => {
    const row = rowOf(['', 'two-doors', '/nodes/which/cases/0/next', 'words', '']);
    expect(findingsOf(row).filter(({ code }) => code === 'window.closed')).toMatchObject([{ path: WORDS, trigger: 'hook' }]);
  });

  it('adds up in a loop, without an end', () => {
    const nodes: JsonObject = {
      say: { ...FREE_TEXT, next: 'pause' },
      pause: waitNode('PT1M', 'again'),
      again: { type: 'switch', cases: [{ when: 'contact.optedOut', next: 'end_done' }], default: 'say' },
      end_done: { type: 'end' },
    };
    const [problem] = problemsOf({ ...goodDocument('hello'), start: 'say', nodes });
    expect(problem).toMatchObject({ code: 'window.closed', path: '/nodes/say' });
    expect(problem?.hint).toMatch(/through a loop/);
  });

  it('does not add up where the contact answers in between', () => {
    expect(problemsOf(goodDocument('endless-form'))).toEqual([]);
  });

  it('is none of the matter on a channel without a window', () => {
    const triggers = [{ id: 'web', type: 'channel.message', channels: ['webchat'] }];
    expect(problemsOf(afterWait(waitFor('P9D'), { triggers }))).toEqual([]);
    expect(
      problemsOf(
        afterWait(waitFor('P9D'), { triggers: [{ id: 'dm', type: 'channel.message', channels: ['webchat', 'instagram'] }] }),
      ).map(shown),
    ).toEqual(['window.closed /nodes/say']);
  });

  it('is said once for each sending that is in doubt', () => {
    const document = afterWait(waitFor('P2D'));
    document['nodes'] = { ...nodesOf(document), say: { ...FREE_TEXT, next: 'more' }, more: FREE_TEXT };
    expect(problemsOf(document).map(shown)).toEqual(['window.closed /nodes/say', 'window.closed /nodes/more']);
  });
});

function nodesOf(document: JsonObject): JsonObject {
  const { nodes } = document;
  if (!isObject(nodes)) throw new Error('The workflow has no nodes.');
  return nodes;
}

function waitNode(duration: string, next: string): JsonObject {
  return { ...waitFor(duration), next };
}
