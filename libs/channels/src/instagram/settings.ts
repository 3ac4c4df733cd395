import { z } from 'zod';

/** Public settings of an Instagram connection. */
export const instagramSettings = z.strictObject({
  /** The account's name as people see it, without `@`. */
  username: z
    .string()
    .regex(/^[A-Za-z0-9._]{1,30}$/, 'username is the name of the account without @, such as acme.shop')
    .optional(),
});

export const instagramSecrets = z.strictObject({
  /** Long-lived token of the account, with the permission `instagram_business_manage_messages`. It lives for 60 days. */
  accessToken: z.string().min(1, 'accessToken is empty: paste the long-lived token of the account').max(1024),
});
