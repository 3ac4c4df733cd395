import { Body, Controller, Get, Headers, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { diffDocuments } from '@workflows/core';
import { TenantScope } from '@workflows/engine';
import { WorkflowStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedWithChange } from '../../audit/audit.decorators.js';
import { seenRevision } from '../../http/entity-tag.js';
import { Operation } from '../../http/operation.js';
import { WorkflowDocuments } from './workflow-documents.js';
import { WorkflowPublisher } from './workflow-publisher.js';
import {
  DiffQuery,
  DiffView,
  documentNameOf,
  RollbackBody,
  RollbackView,
  VersionList,
  VersionView,
} from './workflow-versions.dto.js';

const IF_MATCH = { name: 'If-Match', required: false, description: 'ETag of the workflow, as you have seen it.' };

@ApiTags('Versions')
@Controller('v1/workflows/:workflowId')
export class WorkflowVersionsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly workflows: WorkflowStore,
    private readonly documents: WorkflowDocuments,
    private readonly publisher: WorkflowPublisher,
  ) {}

  @Get('versions')
  @Needs('read')
  @Operation({
    summary: 'List the published versions, newest first, with the runs that go on each',
    type: VersionList,
    refusals: { 404: 'There is no such workflow.' },
  })
  async list(@Param('workflowId') id: string): Promise<VersionList> {
    await this.documents.workflow(this.scope.tenantId, id);
    return { items: await this.workflows.versions(this.scope.tenantId, id) };
  }

  @Get('versions/:version')
  @Needs('read')
  @Operation({ summary: 'Get a published version', type: VersionView, refusals: { 404: 'There is no such version.' } })
  get(@Param('workflowId') id: string, @Param('version', ParseIntPipe) version: number): Promise<VersionView> {
    return this.documents.version(this.scope.tenantId, id, version);
  }

  @Get('diff')
  @Needs('read')
  @Operation({
    summary: 'Compare two versions, or a version and the draft, part by part',
    description: 'Without a query: what publishing the draft would change.',
    type: DiffView,
    refusals: { 400: 'from or to is no version.', 404: 'There is no such workflow, version or draft.' },
  })
  async diff(@Param('workflowId') id: string, @Query() query: DiffQuery): Promise<DiffView> {
    const { tenantId } = this.scope;
    const from = await this.documents.document(tenantId, id, documentNameOf(query.from));
    const to = await this.documents.document(tenantId, id, documentNameOf(query.to));
    const changes = diffDocuments(from.document, to.document);
    return { workflowId: id, from: from.version, to: to.version, equal: changes.length === 0, changes };
  }

  @Post('publish')
  @Needs('write')
  @ApiHeader(IF_MATCH)
  @Operation({
    summary: 'Publish the draft as a new version',
    description: 'New events go to the new version; runs that have begun stay on theirs.',
    status: 201,
    type: VersionView,
    refusals: {
      404: 'There is no such workflow.',
      409: 'There is no draft to publish.',
      412: 'The workflow has changed since you have seen it.',
      422: 'The draft has errors, or fails tests that the tenant asks for; all of them are listed.',
    },
  })
  publish(
    @Param('workflowId') workflowId: string,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch?: string,
  ): Promise<VersionView> {
    const wish = { tenantId: this.scope.tenantId, workflowId, expected: seenRevision(ifMatch) };
    return this.publisher.publish(wish, nameOf(caller));
  }

  @RecordedWithChange()
  @Post('rollback')
  @Needs('write')
  @ApiHeader(IF_MATCH)
  @Operation({
    summary: 'Publish an earlier version again',
    description:
      'New events start that version at once. Runs that have begun stay on theirs and are counted in the answer. The version is checked against what the tenant has today, and the draft stays as it is.',
    type: RollbackView,
    refusals: {
      400: 'A field is wrong.',
      404: 'There is no such workflow or version.',
      412: 'The workflow has changed since you have seen it.',
      422: 'The version has errors today, for example because a connection is gone; all of them are listed.',
    },
  })
  async rollBack(
    @Param('workflowId') workflowId: string,
    @Body() body: RollbackBody,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch?: string,
  ): Promise<RollbackView> {
    const wish = { tenantId: this.scope.tenantId, workflowId, expected: seenRevision(ifMatch) };
    const { version, elsewhere } = await this.publisher.rollBack(wish, body.version, nameOf(caller));
    return {
      workflowId,
      publishedVersion: version.version,
      hash: version.hash,
      runsOnOtherVersions: elsewhere.map((other) => ({ version: other.version, liveRuns: other.liveRuns })),
    };
  }
}
