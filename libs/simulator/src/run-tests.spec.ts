import { describe, expect, it } from '@jest/globals';
import { BOOKED, BOOKING, DESK, type DeskTest, findings, play, playAll } from './__fixtures__/desk.js';
import { runTests } from './run-tests.js';

const booked = { mocks: BOOKED };

describe('a test that passes', () => {
  it('plays taps, bursts, a mocked call and a wait of days, and says all of it in the transcript', async () => {
    const result = await play({
      given: { ...booked, contact: { name: 'Ana Lima' } },
      script: [
        { in: 'Help' },
        { out: 'Hello Ana, what is it about?' },
        { in: { option: 'repair' } },
        { out: { node: 'ask_problem' } },
        { in: ['It leaks', 'a lot'] },
        { out: { match: 'Monday', node: 'booked' } },
        { expect: { node: 'wait', status: 'waiting', vars: { problem: 'It leaks\na lot' } } },
        { advance: 'PT48H' },
      ],
      expect: {
        reason: 'late',
        calls: { book: 1 },
        sends: { exactly: 3, atMost: 3 },
        path: { contains: ['ask_topic', 'book', 'remind'], excludes: ['sorry'] },
      },
    });
    expect(result.problems).toEqual([]);
    expect(result.transcript.map(({ who, text }) => `${who}: ${text}`)).toEqual([
      'contact: Help',
      'workflow: Hello Ana, what is it about? [Repair | Something else]',
      'contact: [option] Repair',
      'workflow: Tell me more.',
      'contact: It leaks',
      'contact: a lot',
      'workflow: We come on Monday.',
    ]);
  });

  it('fires each timer at its own time', async () => {
    const result = await play({
      script: [{ in: 'help' }, { advanceTo: '2026-03-02T14:29:59Z' }, { expect: { node: 'ask_topic' } }, { advance: 'PT1S' }],
      expect: { status: 'completed', reason: 'silent' },
    });
    expect(result.problems).toEqual([]);
  });

  it('pauses between attempts for whole intervals, without jitter', async () => {
    const result = await play({
      given: { mocks: { book: { error: 'http.503', times: 2, output: { body: { day: 'Friday' } } } } },
      script: [
        ...BOOKING,
        { advance: 'PT29S' },
        { expect: { node: 'book', calls: { book: 2 } } },
        { advance: 'PT1S' },
        { out: 'We come on Friday.' },
      ],
      expect: { calls: { book: 3 } },
    });
    expect(result.problems).toEqual([]);
  });

  it('starts by an event through the schema and the assignments of its trigger', async () => {
    const result = await play({
      given: { trigger: 'api', event: { input: { topic: 'noise', dropped: 1 } } },
      script: [{ out: { node: 'ask_topic', options: ['repair', 'other'] } }],
      expect: { vars: { problem: 'noise' } },
    });
    expect(result.problems).toEqual([]);
  });

  it('takes free text only while the messaging window of the trigger is open', async () => {
    const closing = await play({
      given: {
        trigger: 'api',
        event: { input: { topic: 'noise' } },
        mocks: {
          ask_topic: { output: { value: 'repair' } },
          ask_problem: { output: { value: 'x' } },
          ...BOOKED,
          wait: { output: {} },
        },
      },
      script: [],
      expect: { output: { topic: 'repair' } },
    });
    expect(closing.problems).toEqual([]);
  });

  it('lets a command leave a question', async () => {
    const result = await play({ script: [{ in: 'help' }, { in: 'STOP' }], expect: { status: 'cancelled', reason: 'stopped' } });
    expect(result.problems).toEqual([]);
  });

  it('serves the mocks of a list visit by visit, and fills what they leave out', async () => {
    const result = await play({
      given: { mocks: { book: [{ output: { status: 201 } }] } },
      script: [...BOOKING, { out: 'We come on .' }],
    });
    expect(result.problems).toEqual([]);
  });
});

describe('a test that fails', () => {
  it('shows what was expected and what came, at the step that differs, and stops there', async () => {
    const { problems, passed } = await play({
      script: [{ in: 'help' }, { out: 'Good morning' }, { out: 'Nor this' }],
      expect: { status: 'failed' },
    });
    expect(passed).toBe(false);
    expect(problems).toEqual([
      {
        path: '/tests/0/script/1/out',
        code: 'test.failed',
        severity: 'error',
        message: "The next message, from 'ask_topic', says something else.",
        expected: 'Good morning',
        actual: 'Hello , what is it about?',
      },
    ]);
  });

  it('tells every difference of one expectation', async () => {
    const result = await play({
      given: booked,
      script: BOOKING,
      expect: {
        status: 'completed',
        reason: 'x',
        node: 'book',
        output: 1,
        vars: { topic: 'other' },
        sends: { exactly: 1, atMost: 2 },
        calls: { book: 2 },
        path: { contains: ['book', 'ask_topic'], excludes: ['book'] },
        error: 'http.500',
      },
    });
    expect(findings(result).map((finding) => finding.replace('test.failed /tests/0/expect/', ''))).toEqual([
      'status',
      'reason',
      'node',
      'output',
      'vars/topic',
      'sends/exactly',
      'sends/atMost',
      'calls/book',
      'path/contains/1',
      'path/excludes/0',
      'error',
    ]);
  });

  it.each<[string, DeskTest, string]>([
    [
      'a message too few',
      { script: [{ in: 'help' }, { out: { node: 'ask_topic' } }, { out: { node: 'booked' } }] },
      'test.failed /tests/0/script/2/out',
    ],
    [
      'another time',
      { script: [{ in: 'help' }, { out: { at: '2026-03-02T14:00:01Z' } }] },
      'test.failed /tests/0/script/1/out/at',
    ],
    [
      'other options',
      { script: [{ in: 'help' }, { out: { options: ['other', 'repair'] } }] },
      'test.failed /tests/0/script/1/out/options',
    ],
    ['a call without a mock', { script: BOOKING }, 'test.unmocked /tests/0/given/mocks'],
    [
      'a node that is not there',
      { script: [{ in: 'help' }, { out: { node: 'ask_topics' } }] },
      'test.unknown_node /tests/0/script/1/out/node',
    ],
    [
      'a mock of a node that is not there',
      { given: { mocks: { books: { output: {} } } }, script: [{ in: 'help' }] },
      'test.unknown_node /tests/0/given/mocks/books',
    ],
    [
      'a mocked port that is not there',
      { given: { mocks: { ask_topic: { outcome: 'timeot' } } }, script: [{ in: 'help' }] },
      'test.failed /tests/0/given/mocks/ask_topic/outcome',
    ],
    [
      'an option that nobody offered',
      { script: [{ in: 'help' }, { in: { option: 'repairs' } }] },
      'test.failed /tests/0/script/1/in/option',
    ],
    ['a message that starts nothing', { script: [{ in: 'hello' }] }, 'test.failed /tests/0/script/0/in'],
    ['no beginning', { script: [{ advance: 'PT1S' }] }, 'test.failed /tests/0/given/event'],
    [
      'an event that does not fit',
      { given: { trigger: 'api', event: { input: {} } }, script: [] },
      'test.failed /tests/0/given/event/input/topic',
    ],
    [
      'a trigger that is not there',
      { given: { trigger: 'halp' }, script: [{ in: 'help' }] },
      'test.failed /tests/0/given/trigger',
    ],
    [
      'a time without an offset',
      { given: { now: '2026-03-02T14:00:00' }, script: [{ in: 'help' }] },
      'test.failed /tests/0/given/now',
    ],
    [
      'a channel that the trigger does not have',
      { given: { channel: 'instagram' }, script: [{ in: 'help' }] },
      'test.failed /tests/0/given/channel',
    ],
    [
      'a contact with unknown fields',
      { given: { contact: { zone: 'UTC' } }, script: [{ in: 'help' }] },
      'test.failed /tests/0/given/contact',
    ],
    [
      'a time that is over',
      { script: [{ in: 'help' }, { advanceTo: '2026-03-01T00:00:00Z' }] },
      'test.failed /tests/0/script/1/advanceTo',
    ],
    ['a step of people', { script: [{ in: 'help' }, { human: { close: {} } }] }, 'test.failed /tests/0/script/1/human'],
    [
      'tables',
      { script: [{ in: 'help' }], expect: { tables: { visits: [{ id: 'ana' }] } } },
      'test.failed /tests/0/expect/tables/visits/0',
    ],
  ])('names the place: %s', async (_what, test, finding) => {
    expect(findings(await play(test))).toEqual([finding]);
  });

  it('ends a test that goes round in circles', async () => {
    const nodes = {
      turn: { type: 'wait.for', with: { duration: 'PT1S' }, next: 'back' },
      back: { type: 'switch', cases: [{ when: 'event.text == "never"', next: 'done' }], default: 'turn' },
      done: { type: 'end' },
    };
    const document = {
      ...DESK,
      vars: {},
      limits: { maxSteps: 1_000_000 },
      defaults: {},
      triggers: [{ id: 'help', type: 'channel.message', channels: ['whatsapp'] }],
      start: 'turn',
      nodes,
    };
    const report = await runTests({
      ...document,
      tests: [
        {
          name: 'round',
          given: { trigger: 'help', now: '2026-03-02T14:00:00Z' },
          script: [{ in: 'x' }, { advance: 'P20D' }],
          expect: {},
        },
      ],
    });
    expect(report.tests.flatMap(findings)).toEqual(['test.failed /tests/0']);
  });
});

describe('a report', () => {
  it('has the problems of a document that does not compile, and no test', async () => {
    const { passed, problems, tests } = await runTests({ ...DESK, start: 'nowhere' });
    expect({ passed, tests, codes: problems.map(({ code }) => code) }).toEqual({
      passed: false,
      tests: [],
      codes: expect.arrayContaining(['graph.missing_node']),
    });
  });

  it('knows what no test went through, ports and catches included', async () => {
    const tests = [
      { given: booked, script: [...BOOKING, { advance: 'P3D' }] },
      { given: { mocks: { book: { error: 'http.404' } } }, script: BOOKING },
      { script: [{ in: 'help' }, { in: 'stop' }] },
    ];
    const { passed, coverage } = await playAll(tests);
    expect(passed).toBe(true);
    expect(coverage.nodes.missing).toEqual(['/nodes/end_done']);
    expect(coverage.catches.missing).toEqual([]);
    expect(coverage.ports.missing).toEqual([
      '/nodes/ask_topic/on/timeout',
      '/nodes/ask_topic/on/exhausted',
      '/nodes/ask_problem/on/timeout',
      '/nodes/ask_problem/on/exhausted',
      '/nodes/remind/next',
    ]);
  });

  it('fails when less is covered than was asked for', async () => {
    const { passed, problems, tests } = await playAll([{ script: [{ in: 'help' }] }], { coverage: { nodes: 0.5, ports: 0 } });
    expect({
      passed,
      tests: tests.every((test) => test.passed),
      found: problems.map(({ code, path }) => `${code} ${path}`),
    }).toEqual({ passed: false, tests: true, found: ['test.coverage /tests'] });
  });
});
