/** What a channel can carry. The compiler checks literals against it, the engine checks what was computed. */
export interface ChannelCapabilities {
  /** Longest text, counted in `unit`. */
  text: { max: number; unit: 'chars' | 'bytes' };
  textWithOptions: { max: number; unit: 'chars' | 'bytes' };
  /** The forms that options can take, the preferred first; the first whose limits hold is used. */
  options: Array<{ form: 'buttons' | 'list' | 'quick_replies'; max: number; title: number; description: number }>;
  /** Longest label of the button that opens a list. */
  listLabel: number;
  caption: number;
  media: Array<'image' | 'video' | 'audio' | 'document' | 'sticker'>;
  link: { title: number; text: number };
  location: boolean;
  templates: boolean;
  /** Hours in which free text may be sent after the contact's last message; null where there is no such rule. */
  windowHours: number | null;
}
