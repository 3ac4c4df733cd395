import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { ApiKeyStore, TenantStore } from '@workflows/storage';
import { Needs, OperatorOnly } from '../../access/access.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';
import { ApiKeyIssuer } from './api-key-issuer.js';
import { ApiKeyList, CreateApiKeyBody, CreatedApiKeyView } from './api-keys.dto.js';

/** Keys of any tenant, for the operator: the only place where a path names a tenant. */
@ApiTags('API keys')
@OperatorOnly()
@Controller('v1/tenants/:tenantId/api-keys')
export class TenantApiKeysController {
  constructor(
    private readonly tenants: TenantStore,
    private readonly keys: ApiKeyStore,
    private readonly issuer: ApiKeyIssuer,
  ) {}

  @Post()
  @Operation({
    summary: 'Create an API key for a tenant; the key is shown only here',
    status: 201,
    type: CreatedApiKeyView,
    refusals: { 400: 'A field is wrong.', 404: 'There is no such tenant.' },
  })
  async create(@Param('tenantId', AnId) tenantId: string, @Body() body: CreateApiKeyBody): Promise<CreatedApiKeyView> {
    if ((await this.tenants.get(tenantId)) === null) throw notFound('tenant');
    return this.issuer.issue(tenantId, body);
  }

  @Get()
  @Operation({ summary: "List a tenant's API keys", type: ApiKeyList })
  async list(@Param('tenantId', AnId) tenantId: string): Promise<ApiKeyList> {
    return { items: await this.keys.list(tenantId) };
  }

  @Delete(':keyId')
  @Operation({
    summary: "Revoke a tenant's API key; it is refused within 5 seconds",
    status: 204,
    refusals: { 404: 'There is no such key.' },
  })
  async revoke(@Param('tenantId', AnId) tenantId: string, @Param('keyId', AnId) keyId: string): Promise<void> {
    if (!(await this.keys.revoke(tenantId, keyId))) throw notFound('API key');
  }
}

/** A tenant's own keys. */
@ApiTags('API keys')
@Needs('admin')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly scope: TenantScope,
    private readonly keys: ApiKeyStore,
    private readonly issuer: ApiKeyIssuer,
  ) {}

  @Post()
  @Operation({
    summary: 'Create an API key; the key is shown only here',
    status: 201,
    type: CreatedApiKeyView,
    refusals: { 400: 'A field is wrong.' },
  })
  create(@Body() body: CreateApiKeyBody): Promise<CreatedApiKeyView> {
    return this.issuer.issue(this.scope.tenantId, body);
  }

  @Get()
  @Operation({ summary: 'List the API keys', type: ApiKeyList })
  async list(): Promise<ApiKeyList> {
    return { items: await this.keys.list(this.scope.tenantId) };
  }

  @Delete(':keyId')
  @Operation({
    summary: 'Revoke an API key; it is refused within 5 seconds',
    status: 204,
    refusals: { 404: 'There is no such key.' },
  })
  async revoke(@Param('keyId', AnId) keyId: string): Promise<void> {
    if (!(await this.keys.revoke(this.scope.tenantId, keyId))) throw notFound('API key');
  }
}
