import { Injectable } from '@nestjs/common';
import type { Json, NodeOutcome, Signal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { messagesOf, type RenderedContent } from '../content/content.js';
import { send, settle, type Sending } from '../content/sending.js';
import { messageSendSpec } from './message-send.config.js';

type Config = RenderedContent & Partial<Sending> & { public?: boolean };

@Injectable()
@NodeType(messageSendSpec)
export class MessageSendNode extends NodeStrategy {
  override run({ config }: NodeInput<Config>, context: NodeContext): NodeOutcome {
    const messages = messagesOf(config, context);
    return send(
      config.public === true ? messages.map((message) => ({ ...message, public: true as const })) : messages,
      { await: config.await ?? 'queued', onUnknown: config.onUnknown ?? 'resend' },
      context,
    );
  }

  override resume(_input: NodeInput<Config>, _context: NodeContext, signal: Signal, memory: Json | undefined): NodeOutcome {
    return settle(signal, memory);
  }
}
