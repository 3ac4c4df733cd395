import { z } from 'zod';

export const queueConfig = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'The name of a queue: up to 63 small letters, digits, "-" and "_"')
  .describe('Queue of the tenant in which people find it');
