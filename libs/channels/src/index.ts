import type { Type } from '@nestjs/common';
import type { Channel } from '@workflows/ports';
import { InstagramChannel } from './instagram/instagram.channel.js';
import { WebChatChannel } from './webchat/webchat.channel.js';
import { WhatsAppChannel } from './whatsapp/whatsapp.channel.js';

/** All channels of the engine. Adding one is a folder beside `whatsapp` and a line here. */
export const CHANNELS: Array<Type<Channel>> = [WhatsAppChannel, InstagramChannel, WebChatChannel];

export { InstagramChannel } from './instagram/instagram.channel.js';
export { DEFAULT_INSTAGRAM_OPTIONS, INSTAGRAM_OPTIONS, type InstagramOptions } from './instagram/options.js';
export { WebChatChannel } from './webchat/webchat.channel.js';
export { isVisitor, visitorToken } from './webchat/visitor-token.js';
export { WhatsAppChannel } from './whatsapp/whatsapp.channel.js';
export { DEFAULT_WHATSAPP_OPTIONS, WHATSAPP_OPTIONS, type WhatsAppOptions } from './whatsapp/options.js';
export type { WhatsAppSecrets, WhatsAppSettings } from './whatsapp/settings.js';
