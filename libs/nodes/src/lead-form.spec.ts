import { describe, expect, it } from '@jest/globals';
import { type EffectResult, replay, stateHash } from '@workflows/core';
import { LEAD_FORM } from './__fixtures__/lead-form.js';
import { Rehearsal } from './__fixtures__/rehearsal.js';

const SECOND = 1000;
const HOUR = 3_600_000;

const answer = (status: number, company = 'Acme'): EffectResult => ({
  outcome: 'done',
  data: { status, headers: {}, body: { company } },
});

/** Up to the answer of the CRM. */
function untilEnriched(run: Rehearsal, seats = '20'): void {
  run.say('Quote');
  run.advance(3 * SECOND);
  run.say('lead@example.com');
  run.tap('s2');
  run.say(seats);
  run.advance(10 * SECOND);
}

describe('the lead form', () => {
  it('walks from the keyword to the template at 09:30 of the next day, on the clock of the contact', () => {
    const run = new Rehearsal(LEAD_FORM, (_effect, attempt) => answer(attempt < 3 ? 503 : 201));
    untilEnriched(run);
    expect(run.lastSaid).toBe('Thanks! Acme will hear from us soon.');
    run.advance(24 * HOUR);
    expect(run.outbox.map((message) => (message.type === 'template' ? message.name : message.text))).toEqual([
      'Hi Ana! What is your work e-mail?',
      'How big is your team?',
      'How many seats?',
      'Thanks! Acme will hear from us soon.',
      'lead_follow_up',
    ]);
    expect(run.history.findLast(({ type }) => type === 'timer')?.at).toBe('2026-03-03T12:30:00.000Z');
    expect(run.state).toMatchObject({ status: 'completed', output: { email: 'lead@example.com', seats: 20 } });
    expect(run.path).toEqual([
      'ask_email',
      'ask_size',
      'ask_seats',
      'enrich',
      'thanks',
      'big',
      'next_day',
      'follow_up',
      'end_done',
    ]);
  });

  it('asks again after a wrong e-mail and gives up after the third', () => {
    const run = new Rehearsal(LEAD_FORM);
    run.say('quote');
    run.advance(3 * SECOND);
    run.say('no');
    expect(run.lastSaid).toBe('That does not look like an e-mail. Try again?');
    run.say('why?');
    run.say('call me');
    expect(run.state).toMatchObject({
      status: 'failed',
      reason: 'no_answer',
      steps: { ask_email: { text: 'call me', attempts: 3 } },
    });
  });

  it('asks again when a check does not hold, with the text of the check', () => {
    const run = new Rehearsal(LEAD_FORM);
    run.say('quote');
    run.advance(3 * SECOND);
    run.say('lead@example.com');
    run.say('1-10');
    run.say('50');
    run.advance(4 * SECOND);
    expect(run.lastSaid).toBe('You said at most 10 people. How many seats?');
  });

  it('lets a command cancel it anywhere', () => {
    const run = new Rehearsal(LEAD_FORM);
    run.say('quote');
    run.advance(3 * SECOND);
    run.say('Cancelar');
    expect(run.state).toMatchObject({ status: 'cancelled', reason: 'contact_cancelled' });
  });

  it('lets a silent contact go after half an hour', () => {
    const run = new Rehearsal(LEAD_FORM);
    run.say('quote');
    run.advance(HOUR);
    expect(run.state).toMatchObject({ status: 'completed', reason: 'abandoned', counters: { sends: 1 } });
  });

  it('thanks the lead even when the CRM fails at every attempt', () => {
    const attempts: number[] = [];
    const run = new Rehearsal(LEAD_FORM, (_effect, attempt) => {
      attempts.push(attempt);
      return answer(503);
    });
    untilEnriched(run, '1');
    run.advance(180 * SECOND);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(run.lastSaid).toBe('Thanks! Your team will hear from us soon.');
    expect(run.state.status).toBe('completed');
  });

  it('drops the follow-up when the contact writes in the night', () => {
    const run = new Rehearsal(LEAD_FORM, () => answer(201));
    untilEnriched(run);
    run.advance(2 * HOUR);
    expect(run.say('one more thing')).toBe('run');
    expect(run.state).toMatchObject({
      status: 'completed',
      reason: 'contact_replied',
      steps: { next_day: { text: 'one more thing', kind: 'text' } },
    });
  });

  it('replays to the same state', () => {
    const run = new Rehearsal(LEAD_FORM, (_effect, attempt) => answer(attempt < 3 ? 503 : 201));
    untilEnriched(run);
    const replayed = replay(run.graph, run.history);
    expect(replayed).toEqual(run.state);
    expect(stateHash(replayed)).toBe(stateHash(run.state));
  });
});
