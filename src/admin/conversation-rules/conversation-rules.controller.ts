import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { checkConversationRules, type JsonObject } from '@workflows/core';
import { TenantScope } from '@workflows/engine';
import { TenantStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { badRequest, notFound } from '../../problems/refusal.js';
import { ConversationRulesBody, ConversationRulesView } from './conversation-rules.dto.js';

/** What holds in every conversation of a tenant, whatever its workflows say. */
@ApiTags('Conversations')
@Controller('v1/conversation-rules')
export class ConversationRulesController {
  constructor(
    private readonly scope: TenantScope,
    private readonly tenants: TenantStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'Get the rules, as far as they differ from the usual ones', type: ConversationRulesView })
  async get(): Promise<ConversationRulesView> {
    const tenant = await this.tenants.get(this.scope.tenantId);
    if (tenant === null) throw notFound('tenant');
    return tenant.rules;
  }

  @Put()
  @Needs('admin')
  @Operation({
    summary: 'Replace the rules; they hold within seconds',
    type: ConversationRulesView,
    refusals: { 400: 'A rule has another form.' },
  })
  put(@Body() body: ConversationRulesBody): Promise<ConversationRulesView> {
    const checked = checkConversationRules(given(body));
    if ('rules' in checked) return this.tenants.putRules(this.scope.tenantId, checked.rules);
    throw badRequest('The rules cannot be saved; see errors.', checked.problems);
  }
}

function given({ optOut, optIn, fallbackWorkflow }: ConversationRulesBody): JsonObject {
  return {
    ...(optOut === undefined ? {} : { optOut }),
    ...(optIn === undefined ? {} : { optIn }),
    ...(fallbackWorkflow === undefined ? {} : { fallbackWorkflow }),
  };
}
