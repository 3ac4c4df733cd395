import { describe, expect, it } from '@jest/globals';
import { findingsOf, rowOf, type Seeded, shown } from './__fixtures__/seeded.js';

const CASES = '/nodes/grade/cases';

const DEFECTS: Seeded[] = [
  ['the same condition twice', 'scores', `${CASES}/1/when`, 'event.input.score >= 90', 'flow.case_unreachable'],
  ['the same condition with other blanks', 'scores', `${CASES}/1/when`, 'event.input.score>=90', 'flow.case_unreachable'],
  ['a higher mark behind a lower one', 'scores', `${CASES}/1/when`, 'event.input.score > 95', 'flow.case_unreachable'],
  ['a mark written the other way round', 'scores', `${CASES}/1/when`, '95 <= event.input.score', 'flow.case_unreachable'],
  ['one value behind its range', 'scores', `${CASES}/1/when`, 'event.input.score == 90', 'flow.case_unreachable'],
  [
    'more conditions behind fewer',
    'scores',
    `${CASES}/1/when`,
    'event.input.score >= 90 && tenant.id != run.id',
    'flow.case_unreachable',
  ],
  ['a case behind one that always holds', 'scores', `${CASES}/0/when`, 'true', 'flow.case_unreachable', `${CASES}/1/when`],
  ['a case that never holds', 'scores', `${CASES}/1/when`, 'false', 'flow.case_unreachable'],
  [
    'a side of an alternative',
    'scores',
    `${CASES}/0/when`,
    'event.input.score < 0 || event.input.score >= 90',
    'flow.case_unreachable',
    `${CASES}/2/when`,
  ],
  [
    'a trigger that another way takes',
    'two-doors',
    '/nodes/words',
    { type: 'switch', cases: [{ when: "event.trigger == 'hook'", next: 'end_done' }], default: 'end_done' },
    'flow.case_unreachable',
    '/nodes/words/cases/0/when',
  ],
  [
    'a channel that does not come',
    'keep-away',
    '/nodes/which/cases/1/when',
    "conversation.channel == 'telegram'",
    'flow.case_unreachable',
  ],
  [
    'a channel that was decided before',
    'keep-away',
    '/nodes/which/cases/1/when',
    "conversation.channel == 'whatsapp'",
    'flow.case_unreachable',
  ],
  [
    'more minutes than the window has',
    'send-or-template',
    '/nodes/is_open/cases/0/when',
    'conversation.windowMinutes > 1440',
    'flow.case_unreachable',
  ],
];

const TAKEN: Seeded[] = [
  ['a lower mark behind a higher one', 'scores', `${CASES}/1/when`, 'event.input.score >= 89', ''],
  ['a value of its own', 'scores', `${CASES}/1/when`, 'event.input.score == 60', ''],
  ['one case of two conditions', 'scores', `${CASES}/0/when`, 'event.input.score >= 90 && tenant.id != run.id', ''],
  ['strings that differ in a blank', 'scores', `${CASES}/0/when`, "event.input.?note.orValue('') == 'a  b'", ''],
];

describe('a case that no run takes', () => {
  it.each(DEFECTS.map(rowOf))('is found: $what', (row) => {
    expect(findingsOf(row).map(shown)).toContain(`${row.code} ${row.path}`);
  });

  it.each(TAKEN.map(rowOf))('is not $what', (row) => {
    expect(findingsOf(row)).toEqual([]);
  });

  it('is said once where the comparison itself is wrong', () => {
    const row = rowOf(['', 'two-doors', '/nodes/which/cases/0/when', "event.trigger == 'hok'", '']);
    expect(findingsOf(row).map(shown)).toContain('expr.enum_value /nodes/which/cases/0/when');
    expect(findingsOf(row).map(({ code }) => code)).not.toContain('flow.case_unreachable');
  });
});
