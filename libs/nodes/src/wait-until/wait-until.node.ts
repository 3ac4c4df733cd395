import { Injectable } from '@nestjs/common';
import { atLocalTime, type NodeOutcome, type Signal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { DateTime } from 'luxon';
import { renderedInstant } from '../instant.js';
import { sleepUntil, wake } from '../wait-for/sleep.js';
import { type WaitUntilConfig, type Weekday, waitUntilSpec, weekdayNumber } from './wait-until.config.js';

@Injectable()
@NodeType(waitUntilSpec)
export class WaitUntilNode extends NodeStrategy {
  override run({ config }: NodeInput<WaitUntilConfig>, context: NodeContext): NodeOutcome {
    const until = targetOf(config, context);
    if (until === 'now') return { kind: 'done', output: { firedAt: context.now } };
    if (until.toMillis() <= Date.parse(context.now)) return { kind: 'done', port: 'past', output: { firedAt: context.now } };
    return sleepUntil(until.toUTC().toISO() ?? context.now, context);
  }

  override resume(_input: NodeInput<WaitUntilConfig>, _context: NodeContext, signal: Signal): NodeOutcome {
    return wake(signal);
  }
}

function targetOf({ at, local }: WaitUntilConfig, context: NodeContext): DateTime | 'now' {
  if (local === undefined) return DateTime.fromISO(renderedInstant(at, 'at'), { zone: 'utc' });
  const today = DateTime.fromISO(context.now, { zone: zoneOf(local.timezone, context) });
  if ('between' in local) return nextOpening(today, local.between);
  if (local.weekday !== undefined) return nextWeekday(today, local.weekday, local.at);
  return atLocalTime(today.plus({ days: local.addDays ?? 0 }), local.at);
}

function zoneOf(zone: string | undefined, { contact, tenant }: NodeContext): string {
  if (zone === 'tenant') return tenant.timezone;
  if (zone === undefined || zone === 'contact') return contact?.timezone ?? tenant.timezone;
  return zone;
}

function nextWeekday(today: DateTime, weekday: Weekday, clock: string): DateTime {
  const days = (weekdayNumber(weekday) - today.weekday + 7) % 7;
  const first = atLocalTime(today.plus({ days }), clock);
  return first > today ? first : atLocalTime(today.plus({ days: days + 7 }), clock);
}

/** Now if the window is open, else its next opening. Yesterday's window counts too, because it may pass midnight. */
function nextOpening(today: DateTime, [from, to]: [string, string]): DateTime | 'now' {
  const windows = [-1, 0, 1].map((days) => {
    const day = today.plus({ days });
    return { opens: atLocalTime(day, from), closes: atLocalTime(to <= from ? day.plus({ days: 1 }) : day, to) };
  });
  if (windows.some(({ opens, closes }) => opens <= today && today < closes)) return 'now';
  return windows.map(({ opens }) => opens).find((opens) => opens > today) ?? atLocalTime(today.plus({ days: 1 }), from);
}
