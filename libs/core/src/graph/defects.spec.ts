import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { leadForm } from './__fixtures__/documents.js';
import { put } from './__fixtures__/mutate.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { compile } from './compile.js';
import type { Problem } from './problem.js';

const REMOVED = undefined;

/** What is put where in the good document, and the problem that must come of it: code, and path where it is another one. */
type Defect = [what: string, pointer: string, value: Json | undefined, code: string, path?: string];

const ask = (text: string, more: JsonObject = {}): JsonObject => ({
  type: 'message.ask',
  with: { text, expect: { kind: 'text' } },
  timeout: 'PT1H',
  next: 'end_done',
  on: { timeout: 'end_done', exhausted: 'end_done' },
  ...more,
});

const hook = (more: JsonObject): JsonObject => ({
  id: 'wa_keyword',
  type: 'webhook',
  auth: { type: 'token', secret: 'hook', header: 'x-token' },
  ...more,
});

const THANKS = '/nodes/thanks/with/text';
const CASE = '/nodes/may_follow_up/cases/0/when';

const SHAPE: Defect[] = [
  ['a document of a newer minor version', '/dsl', '1.1', 'shape.dsl'],
  ['no version of the language', '/dsl', REMOVED, 'shape.dsl'],
  ['no id', '/id', REMOVED, 'shape.invalid'],
  ['an id with capitals', '/id', 'Lead', 'shape.invalid'],
  ['an unknown field of the document', '/variables', {}, 'shape.invalid'],
  ['no triggers', '/triggers', [], 'shape.invalid'],
  ['no nodes', '/nodes', {}, 'shape.invalid'],
  ['no start', '/start', REMOVED, 'shape.invalid'],
  ['an unknown field of a node', '/nodes/thanks/nxt', 'end_done', 'shape.invalid'],
  ['an unknown field of a config', '/nodes/thanks/with/txt', 'hello', 'shape.invalid'],
  ['an unknown field in a list', '/nodes/ask_size/with/options/1/titel', 'x', 'shape.invalid'],
  ['a config that is missing', '/nodes/enrich/with', REMOVED, 'shape.invalid'],
  ['a value outside of an enum', '/nodes/enrich/with/method', 'POTS', 'shape.invalid'],
  ['a wrong type', '/limits/maxSteps', 'many', 'shape.invalid'],
  ['a duration with months', '/nodes/ask_email/timeout', 'P1M', 'shape.invalid'],
  ['an expectation of an unknown kind', '/nodes/ask_email/with/expect/kind', 'mail', 'shape.invalid'],
  ['maxVisits out of range', '/nodes/thanks/maxVisits', 1001, 'shape.invalid'],
  ['interruptible on a node that is no wait', '/nodes/thanks/interruptible', true, 'shape.invalid'],
  ['next on an end', '/nodes/end_done/next', 'thanks', 'shape.invalid'],
  ['a reserved word as the name of a node', '/nodes/constructor', { type: 'end' }, 'shape.name'],
  ['a capital at the start of a node name', '/nodes/End', { type: 'end' }, 'shape.name'],
  ['a reserved word as a variable', '/vars/in', { type: 'string' }, 'shape.name'],
  ['a variable with a dash', '/vars/my-var', { type: 'string' }, 'shape.name'],
  ['a node type of the language that does not run yet', '/nodes/thanks/type', 'parallel', 'shape.node_type'],
  ['a node type that nobody knows', '/nodes/thanks/type', 'message.sned', 'shape.node_type'],
  [
    'a compensation of a type that does not run yet',
    '/nodes/enrich/compensate',
    { type: 'emit', with: {} },
    'shape.node_type',
    '/nodes/enrich/compensate/type',
  ],
  [
    'a compensation that is no activity',
    '/nodes/enrich/compensate',
    { type: 'set', with: {} },
    'shape.node_type',
    '/nodes/enrich/compensate/type',
  ],
  [
    'a compensation whose config does not fit',
    '/nodes/enrich/compensate',
    { type: 'http.request', with: { method: 'DELETE', uri: 'https://crm.example/1' } },
    'shape.invalid',
    '/nodes/enrich/compensate/with/uri',
  ],
  [
    'a compensation that needs a way to go on',
    '/nodes/enrich/compensate',
    { type: 'message.send', with: { text: 'Undone', await: 'delivered' } },
    'shape.invalid',
    '/nodes/enrich/compensate/with',
  ],
  [
    'a compensation on a node that only chooses a way',
    '/nodes/may_follow_up/compensate',
    { type: 'http.request', with: { method: 'DELETE', url: 'https://crm.example/1' } },
    'shape.invalid',
  ],
  ['a version that a node type does not have', '/nodes/thanks/typeVersion', 2, 'shape.node_type'],
  ['a trigger type that nobody knows', '/triggers/0/type', 'chanel.message', 'shape.node_type'],
  [
    'a webhook that binds its runs to nobody',
    '/triggers/0',
    hook({ contact: { connection: 'main' } }),
    'shape.invalid',
    '/triggers/0/contact',
  ],
  [
    'a webhook that binds its runs to two contacts',
    '/triggers/0',
    hook({ contact: { connection: 'main', address: '+5511987654321', id: '1' } }),
    'shape.invalid',
    '/triggers/0/contact',
  ],
  [
    'a webhook that keeps its sender waiting over 30 s',
    '/triggers/0',
    hook({ response: { mode: 'sync', timeout: 'PT31S' } }),
    'shape.invalid',
    '/triggers/0/response/timeout',
  ],
  ['an unknown field of a trigger', '/triggers/0/keyword', 'x', 'shape.invalid'],
  ['a trigger without channels', '/triggers/0/channels', REMOVED, 'shape.invalid'],
  ['a pattern that is not RE2', '/vars/email/pattern', '(?=a)', 'shape.invalid'],
  ['a required property that is none', '/vars/failure/required', ['cod'], 'shape.invalid', '/vars/failure/required/0'],
  ['a union in a schema', '/vars/email/anyOf', [], 'shape.invalid'],
  [
    'a test without a script',
    '/tests',
    [{ name: 't', given: { trigger: 'wa_keyword', now: 'now' }, expect: {} }],
    'shape.invalid',
    '/tests/0/script',
  ],
];

const GRAPH: Defect[] = [
  ['a start that is no node', '/start', 'ask_emial', 'graph.missing_node'],
  ['a next that is no node', '/nodes/thanks/next', 'may_followup', 'graph.missing_node'],
  ['a port that leads to no node', '/nodes/ask_email/on/timeout', 'nobody', 'graph.missing_node'],
  ['a catch that leads to no node', '/nodes/enrich/catch/0/next', 'nobody', 'graph.missing_node'],
  ['a case that leads to no node', '/nodes/reviewed/cases/0/next', 'nobody', 'graph.missing_node'],
  ['a command that leads to no node', '/defaults/commands/0/next', 'nobody', 'graph.missing_node'],
  ['a node that nothing leads to', '/nodes/lonely', { type: 'end' }, 'graph.unreachable'],
  ['a required port without a way', '/nodes/ask_email/on/exhausted', REMOVED, 'graph.port_unwired'],
  ['a node without next', '/nodes/thanks/next', REMOVED, 'graph.port_unwired'],
  ['an interruptible wait without a way for messages', '/nodes/next_day/on/message', REMOVED, 'graph.port_unwired'],
  ['maxVisits without a way out', '/nodes/thanks/maxVisits', 3, 'graph.port_unwired', '/nodes/thanks/on/visits'],
  [
    'a port that the node does not have',
    '/nodes/thanks/on',
    { exhausted: 'end_done' },
    'graph.port_unknown',
    '/nodes/thanks/on/exhausted',
  ],
  ['a port that is misspelt', '/nodes/ask_email/on/timout', 'end_done', 'graph.port_unknown'],
  ['a switch without default', '/nodes/reviewed/default', REMOVED, 'graph.no_default'],
  ['a loop that neither waits nor ends', '/nodes/may_follow_up/default', 'thanks', 'graph.loop_unbounded', '/nodes/thanks'],
  ['a node that loops on itself', '/nodes/enrich/catch/0/next', 'enrich', 'graph.loop_unbounded', '/nodes/enrich'],
];

const REF: Defect[] = [
  [
    'a variable of a compensation that is not declared',
    '/nodes/enrich/compensate',
    { type: 'http.request', with: { method: 'DELETE', url: 'https://crm.example/{{ vars.emial }}' } },
    'ref.unknown_field',
    '/nodes/enrich/compensate/with/url',
  ],
  [
    'a field of a compensation that the output of its step does not have',
    '/nodes/enrich/compensate',
    { type: 'http.request', with: { method: 'DELETE', url: 'https://crm.example/{{ output.boddy }}' } },
    'ref.unknown_field',
    '/nodes/enrich/compensate/with/url',
  ],
  ['a name that is not there', THANKS, 'Hi {{ contct.name }}', 'ref.unknown_name'],
  ['a variable without vars', THANKS, 'Hi {{ email }}', 'ref.unknown_name'],
  ['a function that is not there', THANKS, '{{ lowr(contact.name) }}', 'ref.unknown_name'],
  ['a function for the time', THANKS, '{{ now() }}', 'ref.unknown_name'],
  ['a variable that is not declared', THANKS, '{{ vars.emial }}', 'ref.unknown_field'],
  ['a step that is no node', THANKS, '{{ steps.enrch.status }}', 'ref.unknown_field'],
  ['a field that an output does not have', '/nodes/reviewed/cases/0/when', "steps.review.valu == 'restart'", 'ref.unknown_field'],
  ['an unknown field behind .?', THANKS, "{{ steps.?enrich.?body.?compny.orValue('') }}", 'ref.unknown_field'],
  ['an unknown field in has()', CASE, 'has(vars.emial)', 'ref.unknown_field'],
  [
    'an unknown field of the items of a list',
    '/triggers/0/assign',
    { 'vars.optIn': '{{ event.messages.exists(m, m.txt == "a") }}' },
    'ref.unknown_field',
    '/triggers/0/assign/vars.optIn',
  ],
  ['an unknown field by index', THANKS, "{{ vars['emial'] }}", 'ref.unknown_field'],
  ['a field of a string', THANKS, '{{ vars.email.domain }}', 'ref.unknown_field'],
  [
    'a variable that is not assigned on every way',
    '/nodes/end_abandoned/with/output',
    { seats: '{{ vars.seats }}' },
    'ref.not_assigned',
    '/nodes/end_abandoned/with/output/seats',
  ],
  ['a variable that is read before it is set', '/nodes/ask_email/with/text', 'Hi {{ vars.email }}', 'ref.not_assigned'],
  ['the result of a step that may have failed', THANKS, '{{ steps.enrich.body.company }}', 'ref.not_assigned'],
  [
    'a field that only one of the ports gives',
    '/nodes/review/on/timeout',
    'reviewed',
    'ref.not_assigned',
    '/nodes/reviewed/cases/0/when',
  ],
  [
    'an optional property, plainly',
    '/nodes/enrich/assign',
    { 'vars.email': '{{ output.body.city }}' },
    'ref.optional',
    '/nodes/enrich/assign/vars.email',
  ],
  ['an optional field of the event', CASE, "event.quotedId == 'x'", 'ref.optional'],
  ['the result of a node in its inputs', THANKS, '{{ output.messageId }}', 'ref.scope'],
  ['the contact in a condition of a trigger', '/triggers/0/when', '!contact.optedOut', 'ref.scope'],
  ['a save into a variable that is not there', '/nodes/ask_email/save', 'vars.mail', 'ref.unknown_name'],
  ['a catch that saves into nothing', '/nodes/enrich/catch/0/save', 'vars.oops', 'ref.unknown_name'],
  [
    'an assignment to a variable that is not there',
    '/nodes/ask_optin/assign',
    { 'vars.optin': true },
    'ref.unknown_name',
    '/nodes/ask_optin/assign/vars.optin',
  ],
];

const EXPR: Defect[] = [
  ['an expression that cannot be read', THANKS, '{{ 1 + }}', 'expr.syntax'],
  ['braces that are not closed', THANKS, 'Hi {{ contact.name', 'expr.syntax'],
  ['braces around nothing', THANKS, 'Hi {{ }}', 'expr.syntax'],
  ['text plus a number', THANKS, "{{ 'a' + vars.seats }}", 'expr.type', THANKS],
  ['whole and decimal numbers mixed', THANKS, '{{ 1 + 1.5 }}', 'expr.type'],
  ['a function with a wrong argument', THANKS, '{{ lower(1) }}', 'expr.type'],
  ['a condition that is a text', CASE, 'contact.name', 'expr.not_bool'],
  ['a list in a text', THANKS, '{{ contact.tags }}', 'expr.not_text'],
  ['an optional in a text', THANKS, '{{ vars.?email }}', 'expr.not_text'],
  ['an object in a text', THANKS, '{{ contact }}', 'expr.not_text'],
  ['the backtracking matches()', CASE, "contact.name.matches('a+')", 'expr.forbidden'],
  ['an expression of more than 2000 characters', CASE, `contact.name == '${'a'.repeat(2000)}'`, 'expr.too_big'],
  ['an expression of too many parts', CASE, Array.from({ length: 120 }, () => 'vars.optIn').join(' && '), 'expr.too_big'],
  [
    'a list of too many elements',
    CASE,
    `vars.?seats.orValue(0) in [${Array.from({ length: 101 }, (_, i) => i).join(',')}]`,
    'expr.too_big',
  ],
  ['loops nested three deep', CASE, 'contact.tags.all(a, contact.tags.all(b, contact.tags.all(c, c == a)))', 'expr.macro_depth'],
  ['a pattern that is computed', CASE, 'regexMatch(contact.name, contact.locale)', 'expr.regex'],
  ['a pattern that is not RE2', CASE, "regexMatch(contact.name, '(?=a)')", 'expr.regex'],
  [
    'a comparison with a value outside of the enum',
    '/nodes/reviewed/cases/0/when',
    "steps.review.value == 'restrat'",
    'expr.enum_value',
  ],
  [
    'a list with a value outside of the enum',
    '/nodes/reviewed/cases/0/when',
    "steps.review.value in ['restart', 'again']",
    'expr.enum_value',
  ],
  ['a default that does not fit its variable', '/vars/seats/default', 0, 'expr.type'],
  ['a literal that does not fit its variable', '/nodes/ask_optin/assign/vars.optIn', 'yes', 'expr.type'],
  ['a computed value that does not fit its variable', '/nodes/ask_optin/assign/vars.optIn', '{{ output.value }}', 'expr.type'],
  ['a result that does not fit the variable it is saved to', '/nodes/ask_seats/save', 'vars.email', 'expr.type'],
];

const FLOW: Defect[] = [
  ['a question without timeout', '/nodes/ask_email/timeout', REMOVED, 'flow.timeout_missing'],
  ['a deadline below the timeout', '/nodes/enrich/deadline', 'PT5S', 'flow.deadline'],
  [
    'a run without contact that reaches a question',
    '/triggers/1',
    { id: 'api', type: 'call', contact: false },
    'flow.no_contact',
    '/nodes/ask_email',
  ],
  ['501 nodes', '/nodes', Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`n${i}`, ask('?')])), 'limit.document'],
  ['21 triggers', '/triggers', Array.from({ length: 21 }, (_, i) => ({ id: `t${i}`, type: 'call' })), 'limit.document'],
  ['101 tests', '/tests', Array.from({ length: 101 }, () => ({})), 'limit.document'],
  ['more than a megabyte', '/name', 'x'.repeat(1024 * 1024 + 1), 'limit.document', ''],
];

function rowOf([what, pointer, value, code, path = pointer]: Defect) {
  return { what, pointer, value, code, path };
}

function problemsOf(document: JsonObject): Problem[] {
  return compile(document, { nodeTypes }).problems.filter((problem) => problem.severity === 'error');
}

describe.each([
  ['shape', SHAPE],
  ['graph', GRAPH],
  ['ref', REF],
  ['expr', EXPR],
  ['flow and limit', FLOW],
])('family %s', (_family, defects) => {
  it.each(defects.map(rowOf))('finds $what', ({ pointer, value, code, path }) => {
    const problems = problemsOf(put(leadForm(), pointer, value));
    expect(problems.map((problem) => `${problem.code} ${problem.path}`)).toContain(`${code} ${path}`);
  });

  it.each(defects.map(rowOf))('speaks plainly of $what', ({ pointer, value, code, path }) => {
    const problem = problemsOf(put(leadForm(), pointer, value)).find((one) => one.code === code && one.path === path);
    expect(problem?.message).toMatch(/^.{10,}\.$/s);
  });
});

describe('a dead end', () => {
  it('is found where a loop of questions has no way out', () => {
    const document = leadForm();
    document['nodes'] = {
      ask_email: ask('Again?', { next: 'ask_email', on: { timeout: 'ask_email', exhausted: 'ask_email' } }),
      end_cancelled: { type: 'end' },
    };
    document['defaults'] = {};
    expect(problemsOf(document).map((problem) => `${problem.code} ${problem.path}`)).toEqual([
      'graph.unreachable /nodes/end_cancelled',
      'graph.dead_end /nodes/ask_email',
    ]);
  });
});

describe('one mistake', () => {
  // A problem that drags others along makes an author mend what is not broken.
  const single: Defect[] = [
    ['a misspelt field', THANKS, '{{ vars.emial }}', 'ref.unknown_field'],
    ['a missing node', '/nodes/thanks/next', 'nobody', 'graph.missing_node'],
    ['a wrong method', '/nodes/enrich/with/method', 'POTS', 'shape.invalid'],
    ['an unwired port', '/nodes/ask_email/on/timeout', REMOVED, 'graph.port_unwired'],
    ['a node type that does not run', '/nodes/thanks/type', 'ai.generate', 'shape.node_type'],
    ['a missing timeout', '/nodes/ask_email/timeout', REMOVED, 'flow.timeout_missing'],
  ];
  it.each(single.map(rowOf))('gives one problem: $what', ({ pointer, value, code }) => {
    const problems = problemsOf(put(leadForm(), pointer, value)).filter((problem) => problem.code !== 'graph.unreachable');
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });
});

describe('ten mistakes', () => {
  const mistakes: Array<[pointer: string, value: Json | undefined]> = [
    ['/nodes/ask_email/with/expect/kind', 'mail'],
    ['/nodes/thanks/nxt', 'end_done'],
    ['/nodes/ask_size/on/timeout', 'nobody'],
    ['/nodes/ask_seats/timeout', REMOVED],
    ['/nodes/reviewed/cases/0/when', "steps.review.value == 'restrat'"],
    [CASE, 'contact.name'],
    ['/nodes/next_day/on/message', REMOVED],
    ['/nodes/follow_up/with/params/first_name', '{{ contct.name }}'],
    ['/nodes/end_done/with/output/email', '{{ vars.emial }}'],
    ['/nodes/lonely', { type: 'end' }],
  ];
  const document = mistakes.reduce((broken, [pointer, value]) => put(broken, pointer, value), leadForm());

  it('are ten problems, all at once', () => {
    expect(problemsOf(document).map((problem) => `${problem.code} ${problem.path}`)).toEqual([
      'shape.invalid /nodes/ask_email/with/expect/kind',
      'shape.invalid /nodes/thanks/nxt',
      'graph.missing_node /nodes/ask_size/on/timeout',
      'graph.port_unwired /nodes/next_day/on/message',
      'graph.unreachable /nodes/lonely',
      'expr.enum_value /nodes/reviewed/cases/0/when',
      'expr.not_bool /nodes/may_follow_up/cases/0/when',
      'ref.unknown_name /nodes/follow_up/with/params/first_name',
      'ref.unknown_field /nodes/end_done/with/output/email',
      'flow.timeout_missing /nodes/ask_seats/timeout',
    ]);
  });

  it('carry hints and offsets', () => {
    expect(problemsOf(document)).toContainEqual({
      path: '/nodes/end_done/with/output/email',
      code: 'ref.unknown_field',
      severity: 'error',
      message: "vars has no field 'emial'.",
      hint: "Did you mean 'email'?",
      range: [8, 13],
    });
  });
});
