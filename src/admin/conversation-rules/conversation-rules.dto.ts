import { ApiPropertyOptional } from '@nestjs/swagger';
import type { ConversationRules, JsonObject } from '@workflows/core';
import { ObjectField, TextField } from '../../http/fields.js';

const EXAMPLE = { words: { en: ['stop', 'quit'] }, confirmation: { en: 'You will get no more messages from us.' } };

export class ConversationRulesBody {
  @ObjectField({
    description: 'How a contact ends all messages: `words` and `confirmation`, each by language. What is left out is as usual.',
    example: EXAMPLE,
    optional: true,
  })
  optOut?: JsonObject;

  @ObjectField({
    description: 'How a contact who has opted out takes that back: `words` and `confirmation`, each by language.',
    optional: true,
  })
  optIn?: JsonObject;

  @TextField({
    description: 'Id of the workflow that gets what no trigger wants, by its first trigger on messages of that channel.',
    max: 64,
    optional: true,
  })
  fallbackWorkflow?: string;
}

export class ConversationRulesView implements ConversationRules {
  @ApiPropertyOptional({ type: Object, example: EXAMPLE }) optOut?: ConversationRules['optOut'];
  @ApiPropertyOptional({ type: Object }) optIn?: ConversationRules['optIn'];
  @ApiPropertyOptional() fallbackWorkflow?: string;
}
