import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ArrayNotEmpty,
  ArrayUnique,
} from 'class-validator';
import { ID_FORM } from './id-pipe.js';

/* Fields of request bodies: each states its rule once, for the check at the door and for the OpenAPI document alike. */

interface FieldOptions {
  description: string;
  example?: unknown;
  optional?: boolean;
}

export const TextField = (options: FieldOptions & { min?: number; max: number }) =>
  field(options, { minLength: options.min ?? 1, maxLength: options.max }, IsString(), Length(options.min ?? 1, options.max));

export const PatternField = (options: FieldOptions & { pattern: RegExp; hint: string }) =>
  field(
    options,
    { pattern: options.pattern.source },
    IsString(),
    MaxLength(300),
    Matches(options.pattern, { context: { hint: options.hint } }),
  );

export const IdField = (options: FieldOptions) =>
  field(options, { format: 'uuid' }, IsString(), Matches(ID_FORM, { context: { hint: 'Copy the id from a list.' } }));

export const TimeField = (options: FieldOptions) =>
  field(
    options,
    { format: 'date-time' },
    IsISO8601({ strict: true, strictSeparator: true }, { context: { hint: 'Write a time such as 2026-03-02T14:00:00Z.' } }),
  );

export const ChoiceField = (options: FieldOptions & { of: readonly string[] }) =>
  field(
    options,
    { enum: [...options.of] },
    IsIn([...options.of], { context: { hint: `Write one of: ${options.of.join(', ')}.` } }),
  );

export const ChoicesField = (options: FieldOptions & { of: readonly string[] }) =>
  field(
    options,
    { isArray: true, enum: [...options.of] },
    IsArray(),
    ArrayNotEmpty(),
    ArrayUnique(),
    IsIn([...options.of], { each: true, context: { hint: `Write some of: ${options.of.join(', ')}.` } }),
  );

export const BooleanField = (options: FieldOptions) => field(options, {}, IsBoolean());

export const ObjectField = (options: FieldOptions) => field(options, { type: 'object', additionalProperties: true }, IsObject());

/** A whole number in a query: its text is read as a number. */
export const CountField = (options: FieldOptions & { min: number; max: number }) =>
  field(
    options,
    { type: 'integer', minimum: options.min, maximum: options.max },
    Type(() => Number),
    IsInt(),
    Min(options.min),
    Max(options.max),
  );

function field(options: FieldOptions, schema: object, ...rules: PropertyDecorator[]): PropertyDecorator {
  const shown = {
    description: options.description,
    ...(options.example === undefined ? {} : { example: options.example }),
    ...schema,
  };
  return options.optional === true
    ? applyDecorators(ApiPropertyOptional(shown), IsOptional(), ...rules)
    : applyDecorators(ApiProperty(shown), ...rules);
}
