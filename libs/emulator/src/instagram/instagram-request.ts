import { z } from 'zod';
import { GraphError } from '../graph/graph-error.js';

/* What POST /{ig-id}/messages and /{comment-id}/replies take, with Meta's limits (September 2026). */

const LONGEST_TEXT_BYTES = 1000;

const text = z
  .string()
  .min(1)
  .refine((words) => Buffer.byteLength(words) <= LONGEST_TEXT_BYTES, `must be at most ${LONGEST_TEXT_BYTES} bytes of UTF-8`);
const webUrl = z.url({ protocol: /^https?$/ });

const button = z.discriminatedUnion('type', [
  z.object({ type: z.literal('web_url'), url: webUrl, title: z.string().min(1).max(20) }),
  z.object({ type: z.literal('postback'), title: z.string().min(1).max(20), payload: z.string().min(1) }),
]);

const attachment = z.discriminatedUnion('type', [
  z.object({
    type: z.enum(['image', 'video', 'audio', 'file']),
    payload: z.union([z.object({ url: webUrl }), z.object({ attachment_id: z.string().min(1) })]),
  }),
  z.object({
    type: z.literal('template'),
    payload: z.object({
      template_type: z.literal('button'),
      text: z.string().min(1).max(640),
      buttons: z.array(button).min(1).max(3),
    }),
  }),
]);

const quickReply = z.object({
  content_type: z.literal('text'),
  title: z.string().min(1).max(20),
  payload: z.string().min(1).max(1000),
});

const message = z
  .object({
    text: text.optional(),
    attachment: attachment.optional(),
    quick_replies: z.array(quickReply).min(1).max(13).optional(),
  })
  .refine(
    (content) => (content.text === undefined) !== (content.attachment === undefined),
    'must have either text or attachment',
  );

const recipient = z.union([z.object({ id: z.string().min(1) }), z.object({ comment_id: z.string().min(1) })]);

const sendShape = z.union([
  z.object({ recipient, message, reply_to: z.object({ mid: z.string().min(1) }).optional() }),
  z.object({
    recipient,
    sender_action: z.enum(['react', 'unreact', 'typing_on', 'typing_off', 'mark_seen']),
    payload: z.object({ message_id: z.string().min(1), reaction: z.string().optional() }).optional(),
  }),
]);

const replyShape = z.object({ message: z.string().min(1).max(2200) });

export type InstagramSend = z.infer<typeof sendShape>;
export type InstagramContent = z.infer<typeof message>;

/** @throws GraphError 100, naming the field */
export function readSend(body: unknown): InstagramSend {
  return check(sendShape, body);
}

/** @throws GraphError 100, naming the field */
export function readReply(body: unknown): { message: string } {
  return check(replyShape, body);
}

function check<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new GraphError(100, `Parameter ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}
