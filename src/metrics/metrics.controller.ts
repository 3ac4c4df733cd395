import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Metrics } from '@workflows/engine';
import { OperatorOnly } from '../access/access.decorators.js';
import type { HttpReply } from '../http/exchange.js';

/** For Prometheus, which sends the operator key as its bearer token. */
@ApiExcludeController()
@OperatorOnly()
@Controller('v1/metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async read(@Res() reply: HttpReply): Promise<void> {
    reply.header('content-type', this.metrics.contentType).send(await this.metrics.text());
  }
}
