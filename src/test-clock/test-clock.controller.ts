import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { OperatorOnly } from '../access/access.decorators.js';
import { CountField } from '../http/fields.js';
import { Operation } from '../http/operation.js';

/** Moves the time of the whole system forward; resolves with its distance from real time, in milliseconds. */
export type AdvanceClock = (milliseconds: number) => Promise<number>;
export const ADVANCE_CLOCK = Symbol('AdvanceClock');

const YEAR_MS = 366 * 24 * 3600 * 1000;

class AdvanceBody {
  @CountField({
    description: 'How far to move the time forward, in milliseconds; at most a year.',
    example: 86_400_000,
    min: 1,
    max: YEAR_MS,
  })
  milliseconds: number;
}

class ClockView {
  @ApiProperty({ description: 'How far the system is ahead of real time, in milliseconds.' }) aheadMs: number;
}

/** Only there when TEST_CLOCK is on, which production refuses. */
@ApiTags('Test clock')
@OperatorOnly()
@Controller('v1/test-clock')
export class TestClockController {
  constructor(@Inject(ADVANCE_CLOCK) private readonly advanceClock: AdvanceClock) {}

  @Post('advance')
  @Operation({ summary: 'Move the time of the whole system forward', type: ClockView, refusals: { 400: 'The time is wrong.' } })
  async advance(@Body() body: AdvanceBody): Promise<ClockView> {
    return { aheadMs: await this.advanceClock(body.milliseconds) };
  }
}
