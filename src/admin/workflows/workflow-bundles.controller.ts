import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { WorkflowBundles } from './workflow-bundles.js';
import { WorkflowDocuments } from './workflow-documents.js';
import { BundleView, ExportQuery, ImportBody, ImportReportView } from './workflows.dto.js';

@ApiTags('Workflows')
@Controller('v1/workflows')
export class WorkflowBundlesController {
  constructor(
    private readonly scope: TenantScope,
    private readonly documents: WorkflowDocuments,
    private readonly bundles: WorkflowBundles,
  ) {}

  @Post('import')
  @Needs('write')
  @Operation({
    summary: 'Import a bundle as drafts and report what is missing',
    status: 201,
    type: ImportReportView,
    refusals: { 400: 'The bundle is wrong.', 409: 'A workflow of this id is already there.' },
  })
  import(@Body() body: ImportBody): Promise<ImportReportView> {
    return this.bundles.import(this.scope.tenantId, body);
  }

  @Get(':workflowId/export')
  @Needs('read')
  @Operation({
    summary: 'Export a workflow as a bundle: names, never secrets',
    type: BundleView,
    refusals: { 404: 'There is no such workflow or version.' },
  })
  async export(@Param('workflowId') id: string, @Query() query: ExportQuery): Promise<BundleView> {
    const { tenantId } = this.scope;
    const { publishedVersion } = await this.documents.workflow(tenantId, id);
    const name = query.version ?? (publishedVersion === null ? 'draft' : 'published');
    return this.bundles.bundle([(await this.documents.document(tenantId, id, name)).document]);
  }
}
