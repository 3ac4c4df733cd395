import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantStore } from '@workflows/storage';
import { OperatorOnly } from '../../access/access.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { notFound } from '../../problems/refusal.js';
import { CreateTenantBody, TenantPage, TenantView } from './tenants.dto.js';

@ApiTags('Tenants')
@OperatorOnly()
@Controller('v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantStore) {}

  @Post()
  @Operation({
    summary: 'Create a tenant',
    status: 201,
    type: TenantView,
    refusals: { 400: 'A field is wrong.', 409: 'The slug is taken.' },
  })
  create(@Body() body: CreateTenantBody): Promise<TenantView> {
    return this.tenants.create(body);
  }

  @Get()
  @Operation({ summary: 'List the tenants', type: TenantPage })
  list(@Query() query: PageQuery): Promise<TenantPage> {
    return this.tenants.list(pageOf(query));
  }

  @Get(':tenantId')
  @Operation({ summary: 'Get a tenant', type: TenantView, refusals: { 404: 'There is no such tenant.' } })
  async get(@Param('tenantId', AnId) tenantId: string): Promise<TenantView> {
    const tenant = await this.tenants.get(tenantId);
    if (tenant === null) throw notFound('tenant');
    return tenant;
  }
}
