import { z } from 'zod';

/** Public settings of a WhatsApp connection. */
export const whatsAppSettings = z.strictObject({
  /** The number as people read it: `+1 555 010 0000`. */
  displayPhoneNumber: z.string().min(1).max(40).optional(),
  /** WhatsApp Business Account id: the owner of the number's templates. */
  wabaId: z
    .string()
    .regex(/^\d{1,32}$/, 'wabaId holds digits only, as shown in WhatsApp Manager')
    .optional(),
  /** Shows the contact two blue ticks as soon as the engine has the message. */
  markRead: z.boolean().default(true),
  /** Shows "typing..." until the answer, for at most 25 seconds; implies the read mark. */
  typing: z.boolean().default(false),
});

export const whatsAppSecrets = z.strictObject({
  /** Token of a system user with the permission `whatsapp_business_messaging`. */
  accessToken: z.string().min(1, 'accessToken is empty: paste the token of a system user').max(1024),
});

export type WhatsAppSettings = z.infer<typeof whatsAppSettings>;
export type WhatsAppSecrets = z.infer<typeof whatsAppSecrets>;
