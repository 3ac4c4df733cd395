import { type DataSchema, type NodeTypeSpec, value } from '@workflows/core';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { FIRED, INTERRUPTED } from '../wait-for/wait-for.config.js';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** ISO weekday, 1 is Monday. */
export function weekdayNumber(weekday: Weekday): number {
  return WEEKDAYS.indexOf(weekday) + 1;
}

const clock = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of day as HH:mm, such as 09:30');

const timezone = () =>
  z
    .string()
    .refine(
      (zone) => zone === 'contact' || zone === 'tenant' || IANAZone.isValidZone(zone),
      'contact, tenant, or an IANA zone such as America/Sao_Paulo',
    )
    .describe("Whose clock: the contact's, the tenant's, or that of an IANA zone")
    .meta({ default: 'contact' })
    .optional();

const atClock = z
  .strictObject({
    addDays: z.number().int().min(0).max(366).describe('Calendar days from today').optional(),
    weekday: z.enum(WEEKDAYS).describe('The next such day, today included while the time is still ahead').optional(),
    at: clock().describe('Time of day, HH:mm'),
    timezone: timezone(),
  })
  .refine((local) => (local.addDays === undefined) !== (local.weekday === undefined), {
    error: 'Give exactly one of "addDays" and "weekday"',
  });

const between = z.strictObject({
  between: z.tuple([clock(), clock()]).describe('From and to, HH:mm; a window may pass midnight'),
  timezone: timezone(),
});

const config = z
  .strictObject({
    at: value().describe('An instant, such as {{ timestamp(vars.startsAt) }}').optional(),
    local: z.union([atClock, between]).describe('A time of day on a local clock').optional(),
  })
  .refine((given) => (given.at === undefined) !== (given.local === undefined), { error: 'Give exactly one of "at" and "local"' });

export type WaitUntilConfig = z.infer<typeof config>;

export const waitUntilSpec: NodeTypeSpec<WaitUntilConfig> = {
  type: 'wait.until',
  typeVersion: 1,
  title: 'Wait until a time',
  description: 'Waits for an instant, a time of day on a later day, or the hours in which something may be done.',
  group: 'waiting',
  category: 'waiting',
  config,
  hasNext: true,
  ports: ({ interruptible }) => [
    { name: 'past', required: false },
    ...(interruptible ? [{ name: 'message', required: true }] : []),
  ],
  output: () => FIRED,
  portOutputs: ({ interruptible }): Record<string, DataSchema> => ({
    past: FIRED,
    ...(interruptible ? { message: INTERRUPTED } : {}),
  }),
  primary: 'firedAt',
};
