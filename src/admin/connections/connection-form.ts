import type { JsonObject } from '@workflows/core';
import type { Channel } from '@workflows/ports';
import { z } from 'zod';
import { badRequest, type ProblemEntry, unprocessable } from '../../problems/refusal.js';

/** Finds the channel that a connection names, or refuses with the names that exist. */
export function channelNamed(name: string, channels: { find(name: string): Channel | undefined; names(): string[] }): Channel {
  const channel = channels.find(name);
  if (channel !== undefined) return channel;
  throw badRequest('The channel is not known here.', [
    {
      path: '/channel',
      code: 'unknown_channel',
      message: 'channel is none of the channels of this deployment.',
      hint: `Write one of: ${channels.names().join(', ')}.`,
    },
  ]);
}

/** Checks settings and secrets against the channel's own schemas; all findings at once, none of them with a value. */
export function checkForm(
  channel: Channel,
  form: { settings?: JsonObject; secrets?: JsonObject },
): { settings?: JsonObject; secrets?: Record<string, string> } {
  const settings = form.settings === undefined ? undefined : channel.settings.safeParse(form.settings);
  const secrets = form.secrets === undefined ? undefined : channel.secrets.safeParse(form.secrets);
  const errors = [...entriesOf('/settings', settings), ...entriesOf('/secrets', secrets)];
  if (errors.length > 0) throw unprocessable(`The connection does not fit the channel ${channel.name}; see errors.`, errors);
  return {
    ...(settings?.success === true ? { settings: plain(settings.data) } : {}),
    ...(secrets?.success === true ? { secrets: secrets.data } : {}),
  };
}

/** Back through text: defaults are filled in, and what the channel's schema made is plain JSON again. */
function plain(settings: Record<string, unknown>): JsonObject {
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(settings)));
}

function entriesOf(root: string, result: z.ZodSafeParseResult<unknown> | undefined): ProblemEntry[] {
  if (result === undefined || result.success) return [];
  return result.error.issues.map((issue) => {
    const path = [root, ...issue.path.map(String)].join('/');
    return {
      path,
      code: issue.code,
      message: `${path.slice(1).replaceAll('/', '.')}: ${issue.message}.`,
      hint: 'Correct this field; the documentation of the channel shows its form.',
    };
  });
}
