import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { MigrationStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedWithChange } from '../../audit/audit.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { badRequest, notFound } from '../../problems/refusal.js';
import { WorkflowDocuments } from '../workflows/workflow-documents.js';
import { MigrationDesk } from './migration-desk.js';
import { DryRunBody, mappingOf, MigrationBody, MigrationList, MigrationReportView, MigrationView } from './migrations.dto.js';

@ApiTags('Versions')
@RecordedWithChange()
@Controller('v1/workflows/:workflowId/migrations')
export class MigrationsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly documents: WorkflowDocuments,
    private readonly migrations: MigrationStore,
    private readonly desk: MigrationDesk,
  ) {}

  @Post()
  @Needs('write')
  @Operation({
    summary: 'Move the live runs of a version to another one, or say what would become of each',
    description:
      'With dryRun (the default) nothing changes. Otherwise every run that can move is told to, and does when its mailbox is next advanced; the migration says how far it is.',
    type: MigrationReportView,
    refusals: {
      400: 'A field is wrong.',
      404: 'There is no such workflow or version.',
      422: 'The mapping names what is not there.',
    },
  })
  order(
    @Param('workflowId') workflowId: string,
    @Body() body: MigrationBody,
    @CurrentCaller() caller: Caller,
  ): Promise<MigrationReportView> {
    const { from, to, dryRun } = body;
    if (from === to) throw badRequest('from and to are the same version. Name another one in to.');
    const { tenantId } = this.scope;
    return this.desk.order({ tenantId, workflowId, from, to, mapping: mappingOf(body.mapping), dryRun, by: nameOf(caller) });
  }

  @Get()
  @Needs('read')
  @Operation({
    summary: 'List the migrations of a workflow, newest first',
    type: MigrationList,
    refusals: { 404: 'There is no such workflow.' },
  })
  async list(@Param('workflowId') workflowId: string): Promise<MigrationList> {
    await this.documents.workflow(this.scope.tenantId, workflowId);
    return { items: await this.migrations.list(this.scope.tenantId, workflowId) };
  }

  @Get(':migrationId')
  @Needs('read')
  @Operation({
    summary: 'Get a migration with how far it is',
    type: MigrationView,
    refusals: { 404: 'There is no such migration.' },
  })
  async get(@Param('workflowId') workflowId: string, @Param('migrationId', AnId) id: string): Promise<MigrationView> {
    const migration = await this.migrations.get(this.scope.tenantId, workflowId, id);
    if (migration === null) throw notFound('migration');
    return migration;
  }

  @Post(':migrationId/undo')
  @Needs('write')
  @Operation({
    summary: 'Take a migration back, or say what would become of each run',
    description: 'Variables that no step has changed since are again what they were before.',
    type: MigrationReportView,
    refusals: { 400: 'A field is wrong.', 404: 'There is no such migration.' },
  })
  async undo(
    @Param('workflowId') workflowId: string,
    @Param('migrationId', AnId) id: string,
    @Body() body: DryRunBody,
    @CurrentCaller() caller: Caller,
  ): Promise<MigrationReportView> {
    const migration = await this.get(workflowId, id);
    return this.desk.undo(migration, { tenantId: this.scope.tenantId, dryRun: body.dryRun, by: nameOf(caller) });
  }
}
