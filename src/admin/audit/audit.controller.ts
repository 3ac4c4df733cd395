import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { AuditStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { pageOf } from '../../http/paging.js';
import { AuditPage, AuditQuery } from './audit.dto.js';

/** Who has ordered what. */
@ApiTags('Audit')
@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly scope: TenantScope,
    private readonly audit: AuditStore,
  ) {}

  @Get()
  @Needs('admin')
  @Operation({ summary: 'List what was changed, newest first', type: AuditPage, refusals: { 400: 'A filter is wrong.' } })
  list(@Query() query: AuditQuery): Promise<AuditPage> {
    const { target, action, actor } = query;
    return this.audit.list(this.scope.tenantId, { target, action, actor }, pageOf(query));
  }
}
