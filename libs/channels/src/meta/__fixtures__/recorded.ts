import { readdirSync, readFileSync } from 'node:fs';

/** A webhook in Meta's documented shape, with what must be read from it. */
export interface RecordedWebhook {
  file: string;
  about: string;
  body: unknown;
  events: unknown[];
}

/** `folder`: the address of a channel's `__payloads__/`. */
export function recordedWebhooks(folder: URL): RecordedWebhook[] {
  return readdirSync(folder).map((file) => ({ file, ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }));
}
