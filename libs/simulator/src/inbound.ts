import type { InboundMessage, TestInbound } from '@workflows/core';
import { z } from 'zod';
import type { Outbox } from './outbox.js';
import { failed, pointer, TestStopped } from './test-problem.js';

const mediaShape = z.strictObject({
  type: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
  mediaId: z.string().optional(),
  mime: z.string().optional(),
  bytes: z.int().min(0).optional(),
  filename: z.string().optional(),
});

const locationShape = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().optional(),
  address: z.string().optional(),
});

/** What a phone says of a file when the test does not. */
const USUAL_MIME = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg',
  document: 'application/pdf',
  sticker: 'image/webp',
} as const;

/** The message that the contact sends in a step. Throws TestStopped for what no contact could do. */
export function inboundOf(said: TestInbound, id: string, at: string, outbox: Outbox, path: string): InboundMessage {
  if (typeof said === 'string') return { id, at, kind: 'text', text: said };
  const { option, postback, media, location, text = '' } = said;
  if ([option, postback, media, location].filter((part) => part !== undefined).length > 1) {
    throw stopped(
      path,
      'One message is a tap, a media or a location, not several.',
      'Write a list: each of its items is a message of its own.',
    );
  }
  // A menu's entry, or a button of a template: nobody has to have offered it in this run.
  if (postback !== undefined) return { id, at, kind: 'option', text, option: { id: postback, title: text } };
  if (option !== undefined) return tapped(option, { id, at }, outbox, pointer(path, 'option'));
  if (media !== undefined) {
    const given = read(mediaShape, media, pointer(path, 'media'));
    return { id, at, kind: 'media', text, media: { mediaId: `media-${id}`, mime: USUAL_MIME[given.type], ...given } };
  }
  if (location !== undefined)
    return { id, at, kind: 'location', text, location: read(locationShape, location, pointer(path, 'location')) };
  return { id, at, kind: 'text', text };
}

/** Only what was offered can be tapped, and the tap says which message it belongs to. */
function tapped(option: string, { id, at }: { id: string; at: string }, outbox: Outbox, path: string): InboundMessage {
  const found = outbox.offering(option);
  if (found !== undefined)
    return { id, at, kind: 'option', text: found.title, option: { id: option, title: found.title }, quotedId: found.sent.id };
  const offered = outbox.offered().join(', ');
  throw stopped(
    path,
    `No message has offered the option '${option}'.`,
    offered === '' ? 'No message had options at all.' : `Options so far: ${offered}.`,
  );
}

function read<Shape>(schema: z.ZodType<Shape>, value: unknown, path: string): Shape {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw stopped(
    pointer(path, ...(issue?.path.map(String) ?? [])),
    issue?.message ?? 'It has another shape.',
    'See docs/testing-workflows.md for what a contact can send.',
  );
}

function stopped(path: string, message: string, hint: string): TestStopped {
  return new TestStopped(failed(path, message, { hint }));
}
