import { Injectable } from '@nestjs/common';
import type { Json, NodeOutcome, Signal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { send, settle, type Sending } from '../content/sending.js';
import { type RenderedTemplate, templateOf } from '../content/template.js';
import { messageTemplateSpec } from './message-template.config.js';

type Config = RenderedTemplate & Partial<Sending>;

@Injectable()
@NodeType(messageTemplateSpec)
export class MessageTemplateNode extends NodeStrategy {
  override run({ config }: NodeInput<Config>, context: NodeContext): NodeOutcome {
    return send(
      [templateOf(config, context)],
      { await: config.await ?? 'accepted', onUnknown: config.onUnknown ?? 'resend' },
      context,
    );
  }

  override resume(_input: NodeInput<Config>, _context: NodeContext, signal: Signal, memory: Json | undefined): NodeOutcome {
    return settle(signal, memory);
  }
}
