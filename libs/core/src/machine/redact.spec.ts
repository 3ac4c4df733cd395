import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { CONTEXT, messageOf, START } from './__fixtures__/player.js';
import type { ExecutionEvent } from './event.js';
import { privacyOf } from './privacy.js';
import { REDACTED, Redaction } from './redact.js';
import type { ExecutionState } from './state.js';

const SECRET = '4111-2222-3333';

const definition: JsonObject = {
  vars: { card: { type: 'string' }, mail: { type: 'string', pii: true }, why: {}, size: { type: 'string' } },
  nodes: {
    ask: { type: 'message.ask', sensitive: true, save: 'vars.card', catch: [{ errors: ['*'], next: 'tell', save: 'vars.why' }] },
    tell: { type: 'message.send' },
  },
};

const returned = { type: 'returned', at: START, token: 1, attempt: 1, random: 0.5 } as const;
const events: ExecutionEvent[] = [
  { type: 'started', at: START, executionId: 'run', trigger: 'hello', event: { mail: 'ana@example.com' }, context: CONTEXT },
  {
    ...returned,
    step: 1,
    node: 'ask',
    outcome: {
      kind: 'waiting',
      wait: { messages: 'answer', memory: { tries: SECRET } },
      effects: [{ kind: 'message', message: { type: 'content', text: `Was ${SECRET}` }, onUnknown: 'resend', notify: 'failure' }],
    },
  },
  { type: 'effect', at: START, seq: 1, result: { outcome: 'done', data: { messageId: `wamid.${SECRET}` } } },
  { type: 'message', at: START, receivedAt: START, token: 1, message: messageOf(SECRET) },
  { ...returned, step: 1, node: 'ask', outcome: { kind: 'done', output: { value: SECRET, count: 987654 } } },
  {
    ...returned,
    step: 2,
    node: 'tell',
    outcome: { kind: 'done', output: { text: `Got ${SECRET} of ana@example.com`, code: SECRET, total: 987654, size: 'large' } },
  },
];

const state: ExecutionState = {
  id: 'run',
  status: 'failed',
  error: { code: 'http.500', kind: 'terminal', message: `No ${SECRET}`, details: { SECRET }, node: 'ask' },
  startedAt: START,
  expiresAt: START,
  trigger: 'hello',
  event: { mail: 'ana@example.com' },
  vars: { card: SECRET, mail: 'ana@example.com', size: 'large' },
  steps: { ask: { value: SECRET, count: 987654 }, tell: { text: `Got ${SECRET}` } },
  context: CONTEXT,
  transcript: [{ from: 'contact', text: 'twelve' }],
  tokens: [
    {
      id: 1,
      node: 'ask',
      step: 1,
      visit: 1,
      attempt: 1,
      enteredAt: START,
      phase: { kind: 'waiting', wait: { until: START, memory: 'kept by ask' }, pendingEffects: [] },
    },
  ],
  visits: { ask: 1 },
  compensations: [{ node: 'ask', step: 1, input: { config: 'given to ask', fields: {} } }],
  counters: { steps: 2, sends: 1, effects: 1 },
};

const run = { documents: [definition], states: [state], events, effects: [{ seq: 1, node: 'ask' }] };
const redaction = new Redaction(privacyOf([definition]), run);

describe('a run as it is shown', () => {
  it('knows the variables that a sensitive node writes as private, beside those that are personal', () => {
    const { nodes, vars } = privacyOf([definition]);
    expect([...nodes]).toEqual(['ask', 'ask.compensate']);
    expect([...vars].sort()).toEqual(['card', 'mail', 'why']);
  });

  it('has a mark in place of what a sensitive node was given and gave', () => {
    const shown = redaction.state(state);
    expect(shown).toMatchObject({
      vars: { card: REDACTED, mail: REDACTED, size: 'large' },
      steps: { ask: REDACTED, tell: { text: `Got ${REDACTED}` } },
      event: { mail: REDACTED },
      error: { code: 'http.500', node: 'ask', message: REDACTED, details: REDACTED },
      transcript: REDACTED,
      tokens: [{ node: 'ask', phase: { kind: 'waiting', wait: { until: START, memory: REDACTED } } }],
      compensations: [{ node: 'ask', step: 1, input: REDACTED }],
    });
    expect(JSON.stringify(shown)).not.toMatch(/4111|987654|ana@|kept by|given to|twelve/);
  });

  it('has it in the events too, in what was for the node and in copies elsewhere', () => {
    const shown = redaction.events(events);
    expect(JSON.stringify(shown)).not.toMatch(/4111|987654|ana@/);
    expect(shown[1]).toMatchObject({ node: 'ask', outcome: { kind: 'waiting', effects: REDACTED } });
    expect(shown[2]).toMatchObject({ type: 'effect', seq: 1, result: REDACTED });
    expect(shown[5]).toMatchObject({ outcome: { output: { text: `Got ${REDACTED} of ${REDACTED}`, size: 'large' } } });
  });

  it('can be exported in a shape that still fits, without what it says', () => {
    const shaped = redaction.replayable(events);
    expect(JSON.stringify(shaped)).not.toMatch(/4111-2|987654|ana@/);
    expect(shaped[4]).toMatchObject({ outcome: { kind: 'done', output: { value: '1111-1111-1111', count: 111111 } } });
    expect(shaped[0]).toMatchObject({ event: { mail: 'xxx@xxxxxxx.xxx' } });
  });

  it('says nothing of an error of a sensitive node, and all of one of another', () => {
    expect([redaction.text('ask', 'any'), redaction.text('tell', `any ${SECRET}`)]).toEqual([REDACTED, `any ${REDACTED}`]);
  });

  it('stays whole where nothing is private', () => {
    const open = new Redaction(privacyOf([{}]), { ...run, documents: [{}] });
    expect(open.state(state)).toEqual(JSON.parse(JSON.stringify(state)));
    expect(open.replayable(events)).toEqual(events);
  });
});
