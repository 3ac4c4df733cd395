import { Body, Controller, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { WorkflowStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { ChangesNothing } from '../../audit/audit.decorators.js';
import { entityTag, seenRevision } from '../../http/entity-tag.js';
import type { HttpReply } from '../../http/exchange.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { draftOf, objectOf } from './draft.js';
import { WorkflowChecker } from './workflow-checker.js';
import { WorkflowDocuments } from './workflow-documents.js';
import { WorkflowTests } from './workflow-tests.js';
import { TestReportView } from './workflow-tests.dto.js';
import { ValidationView, WebhookEndpointList, WorkflowPage, WorkflowView } from './workflows.dto.js';

const DOCUMENT_BODY = {
  schema: { type: 'object', additionalProperties: true, description: 'A document of the workflow language 1.0.' },
};

@ApiTags('Workflows')
@Controller('v1/workflows')
export class WorkflowsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly workflows: WorkflowStore,
    private readonly documents: WorkflowDocuments,
    private readonly checker: WorkflowChecker,
    private readonly tests: WorkflowTests,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the workflows', type: WorkflowPage })
  list(@Query() query: PageQuery): Promise<WorkflowPage> {
    return this.workflows.list(this.scope.tenantId, pageOf(query));
  }

  @ChangesNothing()
  @Post('validate')
  @Needs('read')
  @ApiBody(DOCUMENT_BODY)
  @Operation({
    summary: 'Check a document without saving it; all problems at once',
    type: ValidationView,
    refusals: { 400: 'The body is no document.' },
  })
  async validate(@Body() document: unknown): Promise<ValidationView> {
    const { valid, problems } = await this.checker.check(this.scope.tenantId, objectOf(document));
    return { valid, problems };
  }

  @ChangesNothing()
  @Post('test')
  @Needs('read')
  @ApiBody(DOCUMENT_BODY)
  @Operation({
    summary: 'Run the tests of a document without saving it, on a virtual clock and without touching the world',
    type: TestReportView,
    refusals: { 400: 'The body is no document.' },
  })
  test(@Body() document: unknown): Promise<TestReportView> {
    return this.tests.run(this.scope.tenantId, objectOf(document));
  }

  @Get(':workflowId')
  @Needs('read')
  @Operation({ summary: 'Get a workflow with its draft', type: WorkflowView, refusals: { 404: 'There is no such workflow.' } })
  async get(@Param('workflowId') id: string, @Res({ passthrough: true }) reply: HttpReply): Promise<WorkflowView> {
    const workflow = await this.documents.workflow(this.scope.tenantId, id);
    reply.header('etag', entityTag(workflow.revision));
    return workflow;
  }

  @Put(':workflowId')
  @Needs('write')
  @ApiBody(DOCUMENT_BODY)
  @Operation({
    summary: 'Save the draft of a workflow, finished or not',
    description:
      'What runs does not change before the draft is published. With the header If-Match only over the revision that you have seen, and with If-None-Match: * only where there is none.',
    type: WorkflowView,
    refusals: {
      400: 'The body is no document, or its id is another one.',
      412: 'The workflow has changed since you have seen it.',
    },
  })
  async save(
    @Param('workflowId') id: string,
    @Body() document: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('if-match') ifMatch?: string,
    @Headers('if-none-match') ifNoneMatch?: string,
  ): Promise<WorkflowView> {
    const expected = seenRevision(ifMatch, ifNoneMatch);
    const saved = await this.workflows.saveDraft(this.scope.tenantId, draftOf(document, id), expected);
    reply.header('etag', entityTag(saved.revision));
    return saved;
  }

  @ChangesNothing()
  @Post(':workflowId/validate')
  @Needs('read')
  @Operation({
    summary: 'Check the draft, or else the published version; all problems at once',
    type: ValidationView,
    refusals: { 404: 'There is no such workflow.' },
  })
  async validateDraft(@Param('workflowId') id: string): Promise<ValidationView> {
    const { valid, problems } = await this.checker.check(
      this.scope.tenantId,
      await this.documents.newest(this.scope.tenantId, id),
    );
    return { valid, problems };
  }

  @Get(':workflowId/webhooks')
  @Needs('read')
  @Operation({
    summary: 'List the addresses of the webhook triggers',
    type: WebhookEndpointList,
    refusals: { 404: 'There is no such workflow.' },
  })
  async webhooks(@Param('workflowId') id: string): Promise<WebhookEndpointList> {
    await this.documents.workflow(this.scope.tenantId, id);
    const endpoints = await this.workflows.webhookEndpoints(this.scope.tenantId, id);
    return { items: endpoints.map((endpoint) => ({ trigger: endpoint.trigger, path: `/hooks/${endpoint.id}` })) };
  }
}
