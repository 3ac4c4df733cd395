import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';

/** The schema of every refusal. */
export class ProblemEntryView {
  @ApiProperty({ description: 'JSON Pointer to what is wrong.', example: '/nodes/route/cases/0/when' }) path: string;
  @ApiProperty({ description: 'Stable name of the rule.', example: 'ref.unknown_field' }) code: string;
  @ApiProperty({ description: 'What is wrong.' }) message: string;
  @ApiPropertyOptional({ description: 'What to do about it.' }) hint?: string;
  @ApiPropertyOptional({ enum: ['error', 'warning'] }) severity?: string;
}

export class ProblemView {
  @ApiProperty({ example: 'urn:workflows:problem:invalid' }) type: string;
  @ApiProperty({ example: 'Unprocessable Entity' }) title: string;
  @ApiProperty({ example: 422 }) status: number;
  @ApiProperty({ description: 'What was refused, why, and what to do.' }) detail: string;
  @ApiProperty({ description: 'Path of the request.', example: '/v1/workflows/lead-form/publish' }) instance: string;
  @ApiPropertyOptional({ type: [ProblemEntryView] }) errors?: ProblemEntryView[];
}

interface OperationOptions {
  summary: string;
  description?: string;
  /** Status of success; 200 unless given. */
  status?: number;
  /** Schema of the success; nothing when the body is empty or free. */
  type?: Type<unknown> | [Type<unknown>];
  /** Statuses with which the operation itself refuses, and when. */
  refusals?: Record<number, string>;
  /** True: needs no key, so it never answers 401, 403 or 429. */
  open?: boolean;
  /** False: works without the database, so it never answers 503 for its sake. */
  needsDatabase?: boolean;
}

const KEY_REFUSALS: Record<number, string> = {
  401: 'The key is missing, unknown, expired or revoked.',
  403: 'The key may not do this.',
  429: 'Too many keys were refused from this address, or the key, its tenant or the address asks too often.',
};

/** Documents an operation and sets its status, so that the document and the answer cannot differ. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { summary, description, status = 200, type, refusals = {}, open = false, needsDatabase = true } = options;
  const all = {
    ...(open ? {} : KEY_REFUSALS),
    ...(needsDatabase ? { 503: 'The database is away; try again.' } : {}),
    ...refusals,
  };
  const problems = Object.entries(all).map(([code, reason]) =>
    ApiResponse({
      status: Number(code),
      description: reason,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemView' } } },
    }),
  );
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ApiResponse({ status, description: 'Done.', ...(type === undefined ? {} : { type }) }),
    ...problems,
  );
}
