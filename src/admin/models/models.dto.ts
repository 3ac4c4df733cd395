import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MODEL_PROVIDERS, type ModelProfileRecord, type ModelSettings, type ModelSpending } from '@workflows/storage';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { ChoiceField, CountField, PatternField, TextField } from '../../http/fields.js';

const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const NAME_HINT = 'Use a small letter first, then small letters, digits, "_" and "-".';

const PriceField =
  (what: string): PropertyDecorator =>
  (target, key) => {
    ApiPropertyOptional({
      description: `Price of a million tokens of ${what}, in US dollars. Without it the profile cannot be used under a budget.`,
      minimum: 0,
      maximum: 10_000,
    })(target, key);
    IsOptional()(target, key);
    IsNumber({ allowNaN: false, allowInfinity: false })(target, key);
    Min(0)(target, key);
    Max(10_000)(target, key);
  };

export class PutModelBody implements ModelSettings {
  @ChoiceField({
    description:
      'openai_compatible: whatever speaks chat completions (OpenAI, Azure OpenAI, vLLM, Ollama, and the compatible doors of others). demo: the same wire, marked in the history as no real model.',
    of: MODEL_PROVIDERS,
  })
  provider: ModelProfileRecord['provider'];

  @PatternField({
    description: 'Where /chat/completions is found. It obeys the same rules as the addresses of HTTP nodes.',
    example: 'https://api.openai.com/v1',
    pattern: /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
    hint: 'Write an address with https://, without user, query or fragment.',
  })
  baseUrl: string;

  @TextField({ description: "The provider's name of the model.", example: 'gpt-4.1-mini', max: 200 })
  model: string;

  @PatternField({
    description: "Name of the tenant's credential; without one nothing is sent that proves who asks.",
    pattern: NAME,
    hint: NAME_HINT,
    optional: true,
  })
  credential?: string;

  @PriceField('input')
  inputUsdPerMillion?: number;

  @PriceField('output')
  outputUsdPerMillion?: number;

  @ApiPropertyOptional({
    description: 'Profiles that are asked in this order when the provider asks for a pause, fails or is silent.',
    isArray: true,
    type: String,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(5)
  @ArrayUnique()
  @IsString({ each: true })
  @Matches(NAME, { each: true, context: { hint: NAME_HINT } })
  fallbacks?: string[];

  @CountField({ description: 'Longest wait for one answer, in milliseconds.', min: 100, max: 600_000, optional: true })
  timeoutMs?: number;
}

export class ModelView implements ModelProfileRecord {
  @ApiProperty({ description: 'Name by which workflows refer to it.', example: 'default' }) name: string;
  @ApiProperty({ enum: MODEL_PROVIDERS }) provider: ModelProfileRecord['provider'];
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The rest of what was set.' })
  settings: ModelSettings;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class ModelList {
  @ApiProperty({ type: [ModelView] }) items: ModelView[];
}

export class ModelBudgetBody {
  @ApiProperty({
    description: 'The most that may be spent in a calendar month (UTC), in US dollars; null: no cap.',
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1_000_000,
  })
  @ValidateIf(({ monthlyUsd }: ModelBudgetBody) => monthlyUsd !== null)
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(1_000_000)
  monthlyUsd: number | null;
}

class ModelUsageView {
  @ApiProperty({ example: '2026-03' }) month: string;
  @ApiProperty() profile: string;
  @ApiProperty({ description: 'Calls that were charged.' }) calls: number;
  @ApiProperty() inputTokens: number;
  @ApiProperty() outputTokens: number;
  @ApiProperty() costUsd: number;
}

export class ModelSpendingView implements ModelSpending {
  @ApiProperty({ type: Number, nullable: true, description: 'The cap, or null without one.' }) monthlyUsd: number | null;
  @ApiProperty({ example: '2026-03', description: 'The current month, in UTC.' }) month: string;
  @ApiProperty() spentUsd: number;
  @ApiProperty({ description: 'Set aside for calls that are under way.' }) reservedUsd: number;
  @ApiProperty({ type: [ModelUsageView], description: 'Of the last twelve months, the newest first.' }) items: ModelUsageView[];
}
