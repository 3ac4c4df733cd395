import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { ModelStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { ModelBudgetBody, ModelSpendingView } from './models.dto.js';

/** What calls of models cost, and the most that they may cost. */
@ApiTags('Models')
@Controller('v1')
export class ModelSpendingController {
  constructor(
    private readonly scope: TenantScope,
    private readonly models: ModelStore,
  ) {}

  @Get('model-spending')
  @Needs('read')
  @Operation({ summary: 'Read what models have cost, by month and profile', type: ModelSpendingView })
  read(): Promise<ModelSpendingView> {
    return this.models.spending(this.scope.tenantId);
  }

  @Put('model-budget')
  @Needs('admin')
  @Operation({
    summary: 'Set the monthly budget for models, or take it away',
    description:
      'Before each call the most that it may cost is set aside; a call for which too little is left fails with ai.budget and is not made.',
    type: ModelBudgetBody,
    refusals: { 400: 'The budget is no amount.' },
  })
  set(@Body() { monthlyUsd }: ModelBudgetBody): Promise<ModelBudgetBody> {
    return this.models.setBudget(this.scope.tenantId, monthlyUsd);
  }
}
