import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { ModelStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';
import { ASecretName } from '../secrets/secret-name.js';
import { ModelList, ModelView, PutModelBody } from './models.dto.js';

/** The models that workflows may name: these and no others can be asked. */
@ApiTags('Models')
@Controller('v1/models')
export class ModelsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly models: ModelStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the model profiles', type: ModelList })
  async list(): Promise<ModelList> {
    return { items: await this.models.list(this.scope.tenantId) };
  }

  @Put(':name')
  @Needs('admin')
  @Operation({
    summary: 'Set a model profile, or replace it whole',
    description: 'The next call uses it.',
    type: ModelView,
    refusals: { 400: 'The name or a field has another form.' },
  })
  put(@Param('name', ASecretName) name: string, @Body() body: PutModelBody): Promise<ModelView> {
    const { provider, ...settings } = body;
    return this.models.put(this.scope.tenantId, { name, provider, settings });
  }

  @Delete(':name')
  @Needs('admin')
  @Operation({
    summary: 'Delete a model profile',
    description: 'Nodes that name it fail with resource.missing until it is set again.',
    status: 204,
    refusals: { 400: 'The name has another form.', 404: 'There is no such profile.' },
  })
  async delete(@Param('name', ASecretName) name: string): Promise<void> {
    if (!(await this.models.delete(this.scope.tenantId, name))) throw notFound('model profile');
  }
}
