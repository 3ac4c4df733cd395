import { Controller, Get, Res } from '@nestjs/common';
import { ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import type { HttpReply } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Readiness } from './readiness.js';

class HealthView {
  @ApiProperty({ enum: ['ok', 'not_ready'] }) status: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'What is still missing, by check.' })
  waitingFor: Record<string, string>;
}

@ApiTags('Health')
@Public()
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('livez')
  @Operation({ summary: 'Is the process alive? Looks at nothing else', type: HealthView, open: true, needsDatabase: false })
  live(): HealthView {
    return { status: 'ok', waitingFor: {} };
  }

  @Get('readyz')
  @Operation({ summary: 'May the process be given traffic?', type: HealthView, open: true, needsDatabase: false })
  @ApiResponse({ status: 503, description: 'Not now; `waitingFor` says why.', type: HealthView })
  async ready(@Res() reply: HttpReply): Promise<void> {
    const { ready, waitingFor } = await this.readiness.report();
    const body: HealthView = { status: ready ? 'ok' : 'not_ready', waitingFor };
    reply
      .code(ready ? 200 : 503)
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(body));
  }
}
