import { Body, Controller, Headers, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Redrive, TenantScope } from '@workflows/engine';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { checkedKey } from '../../http/idempotency-key.js';
import { Operation } from '../../http/operation.js';
import { requestIdOf } from '../../http/request-id.js';
import { RedriveBody, RedrivenView } from './execution-orders.dto.js';

/** Has many failed runs go on at once, as after an outage. */
@ApiTags('Executions')
@Controller('v1/executions/redrive')
export class RedriveController {
  constructor(
    private readonly scope: TenantScope,
    private readonly runs: Redrive,
  ) {}

  @Post()
  @Needs('write')
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 200 characters. A repeat orders no run a second time.',
  })
  @Operation({
    summary: 'Retry failed runs in bulk',
    description: 'Each with the step that failed, as by retry, and each with its own record in the audit log.',
    status: 202,
    type: RedrivenView,
    refusals: { 400: 'A field is wrong.' },
  })
  redrive(
    @Body() { workflow, error, startedAfter, limit }: RedriveBody,
    @Headers() headers: Record<string, string | undefined>,
    @CurrentCaller() caller: Caller,
  ): Promise<RedrivenView> {
    const key = headers['idempotency-key'];
    const requestId = requestIdOf(headers);
    return this.runs.redrive({
      tenantId: this.scope.tenantId,
      by: nameOf(caller),
      limit: limit ?? 100,
      ...(workflow === undefined ? {} : { workflowId: workflow }),
      ...(error === undefined ? {} : { errorCode: error }),
      ...(startedAfter === undefined ? {} : { startedAfter }),
      ...(key === undefined ? {} : { idempotencyKey: checkedKey(key) }),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}
