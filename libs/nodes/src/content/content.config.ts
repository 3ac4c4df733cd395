import { text } from '@workflows/core';
import { z } from 'zod';

/** A string that is one expression and keeps its type: `{{ vars.choices }}`. */
const expression = () =>
  z
    .string()
    .regex(/^\{\{[\s\S]+\}\}$/, 'One expression in double braces, such as {{ vars.choices }}')
    .meta({ kind: 'value' });

const coordinate = (limit: number) => z.union([z.number().min(-limit).max(limit), expression()]);

const optionId = () => z.string().regex(/^[a-z0-9_-]{1,64}$/, 'Lower-case letters, digits, "_" and "-", at most 64');

export const mediaConfig = z
  .strictObject({
    type: z.enum(['image', 'video', 'audio', 'document', 'sticker']).describe('What it is; the channel decides how it shows'),
    url: text().describe('Public address from which the channel fetches it').optional(),
    mediaId: text().describe('Id of a media that the channel already has, such as one that a contact sent').optional(),
    filename: text().describe('Name under which a document is shown').optional(),
  })
  .refine((media) => (media.url === undefined) !== (media.mediaId === undefined), {
    error: 'Give exactly one of "url" and "mediaId"',
  });

export const locationConfig = z.strictObject({
  latitude: coordinate(90).describe('Degrees north'),
  longitude: coordinate(180).describe('Degrees east'),
  name: text().describe('Name of the place').optional(),
  address: text().describe('Address of the place').optional(),
});

export const optionsConfig = z
  .union([
    z
      .array(
        z.strictObject({
          id: optionId().describe('What the workflow gets when this option is chosen'),
          title: text().min(1).describe('What the contact sees'),
          description: text().describe('Second line, where the channel shows lists').optional(),
        }),
      )
      .min(1),
    expression(),
  ])
  .describe('Choices; the channel decides whether they become buttons, a list or quick replies');

/** What a message can say (language, section 4.1). Shared by `message.send` and `message.ask`. */
export const contentFields = {
  text: text().describe('What is said; the caption when there is media').optional(),
  media: mediaConfig.describe('A picture, video, sound, document or sticker').optional(),
  options: optionsConfig.optional(),
  listLabel: text().describe('Label of the button that opens the list of options').optional(),
  link: z
    .strictObject({
      title: text().min(1).describe('Label of the button'),
      url: text().min(1).describe('Where it leads'),
    })
    .describe('A button that opens a page')
    .optional(),
  location: locationConfig.describe('A place on the map').optional(),
  reaction: z
    .strictObject({
      emoji: z.string().describe('One emoji; empty takes the reaction back'),
      messageId: text().min(1).describe('Message that is reacted to'),
    })
    .describe('A reaction to a message')
    .optional(),
  replyTo: text().describe('Id of the message that this one quotes').optional(),
};

const ATTACHMENTS = ['media', 'options', 'link', 'location', 'reaction'] as const;

/** At most one thing beside the text. */
export function attachesOneThing(content: Partial<Record<(typeof ATTACHMENTS)[number], unknown>>): boolean {
  return ATTACHMENTS.filter((name) => content[name] !== undefined).length <= 1;
}

export function saysSomething(content: Partial<Record<(typeof ATTACHMENTS)[number] | 'text', unknown>>): boolean {
  return content.text !== undefined || ATTACHMENTS.some((name) => content[name] !== undefined);
}

export const ONE_ATTACHMENT = { error: 'Give at most one of "media", "options", "link", "location" and "reaction"' };
export const SOMETHING_TO_SAY = { error: 'Give a "text", or one of "media", "options", "link", "location" and "reaction"' };
