import { Body, Controller, Get, Param, ParseIntPipe, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { WorkflowStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { conflict, notFound, unprocessable } from '../../problems/refusal.js';
import { draftOf, objectOf } from './draft.js';
import { WorkflowBundles } from './workflow-bundles.js';
import { WorkflowChecker } from './workflow-checker.js';
import { WorkflowTests } from './workflow-tests.js';
import { TestReportView } from './workflow-tests.dto.js';
import {
  BundleView,
  ExportQuery,
  ImportBody,
  ImportReportView,
  ValidationView,
  VersionList,
  VersionView,
  WebhookEndpointList,
  WorkflowPage,
  WorkflowView,
} from './workflows.dto.js';

const DOCUMENT_BODY = {
  schema: { type: 'object', additionalProperties: true, description: 'A document of the workflow language 1.0.' },
};

@ApiTags('Workflows')
@Controller('v1/workflows')
export class WorkflowsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly workflows: WorkflowStore,
    private readonly checker: WorkflowChecker,
    private readonly bundles: WorkflowBundles,
    private readonly tests: WorkflowTests,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the workflows', type: WorkflowPage })
  list(@Query() query: PageQuery): Promise<WorkflowPage> {
    return this.workflows.list(this.scope.tenantId, pageOf(query));
  }

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

  @Get(':workflowId')
  @Needs('read')
  @Operation({ summary: 'Get a workflow with its draft', type: WorkflowView, refusals: { 404: 'There is no such workflow.' } })
  async get(@Param('workflowId') id: string): Promise<WorkflowView> {
    const workflow = await this.workflows.get(this.scope.tenantId, id);
    if (workflow === null) throw notFound('workflow');
    return workflow;
  }

  @Put(':workflowId')
  @Needs('write')
  @ApiBody(DOCUMENT_BODY)
  @Operation({
    summary: 'Save the draft of a workflow, finished or not',
    description: 'What runs does not change before the draft is published.',
    type: WorkflowView,
    refusals: { 400: 'The body is no document, or its id is another one.' },
  })
  save(@Param('workflowId') id: string, @Body() document: unknown): Promise<WorkflowView> {
    return this.workflows.saveDraft(this.scope.tenantId, draftOf(document, id));
  }

  @Post(':workflowId/validate')
  @Needs('read')
  @Operation({
    summary: 'Check the draft, or else the published version; all problems at once',
    type: ValidationView,
    refusals: { 404: 'There is no such workflow.' },
  })
  async validateDraft(@Param('workflowId') id: string): Promise<ValidationView> {
    const { valid, problems } = await this.checker.check(this.scope.tenantId, await this.newest(id));
    return { valid, problems };
  }

  @Post(':workflowId/publish')
  @Needs('write')
  @Operation({
    summary: 'Publish the draft as a new version',
    description: 'New events go to the new version; runs that have begun stay on theirs.',
    status: 201,
    type: VersionView,
    refusals: {
      404: 'There is no such workflow.',
      409: 'There is no draft to publish.',
      422: 'The draft has errors, or fails tests that the tenant asks for; all of them are listed.',
    },
  })
  async publish(@Param('workflowId') workflowId: string, @CurrentCaller() caller: Caller): Promise<VersionView> {
    const { draft, name } = await this.get(workflowId);
    if (draft === null) throw conflict('There is no draft: nothing was saved since the last publish. Save a draft first.');
    const { graph, problems } = await this.checker.check(this.scope.tenantId, draft);
    if (graph === null) {
      const errors = problems.filter((problem) => problem.severity === 'error').length;
      throw unprocessable(
        `The draft has ${errors === 1 ? 'one error' : `${errors} errors`} and cannot be published; see errors.`,
        problems,
      );
    }
    const failures = await this.tests.gate(this.scope.tenantId, draft);
    if (failures.length > 0)
      throw unprocessable('The tenant publishes only what passes its tests, and this draft does not; see errors.', failures);
    const webhookTriggers = Object.values(graph.triggers).flatMap((trigger) => (trigger.type === 'webhook' ? [trigger.id] : []));
    const { hash } = graph;
    return this.workflows.publish(this.scope.tenantId, {
      id: workflowId,
      name,
      definition: draft,
      hash,
      publishedBy: nameOf(caller),
      webhookTriggers,
    });
  }

  @Get(':workflowId/versions')
  @Needs('read')
  @Operation({
    summary: 'List the published versions, newest first',
    type: VersionList,
    refusals: { 404: 'There is no such workflow.' },
  })
  async versions(@Param('workflowId') id: string): Promise<VersionList> {
    await this.get(id);
    return { items: await this.workflows.versions(this.scope.tenantId, id) };
  }

  @Get(':workflowId/versions/:version')
  @Needs('read')
  @Operation({ summary: 'Get a published version', type: VersionView, refusals: { 404: 'There is no such version.' } })
  async version(@Param('workflowId') id: string, @Param('version', ParseIntPipe) number: number): Promise<VersionView> {
    const version = await this.workflows.getVersion(this.scope.tenantId, id, number);
    if (version === null) throw notFound('version');
    return version;
  }

  @Get(':workflowId/webhooks')
  @Needs('read')
  @Operation({
    summary: 'List the addresses of the webhook triggers',
    type: WebhookEndpointList,
    refusals: { 404: 'There is no such workflow.' },
  })
  async webhooks(@Param('workflowId') id: string): Promise<WebhookEndpointList> {
    await this.get(id);
    const endpoints = await this.workflows.webhookEndpoints(this.scope.tenantId, id);
    return { items: endpoints.map((endpoint) => ({ trigger: endpoint.trigger, path: `/hooks/${endpoint.id}` })) };
  }

  @Get(':workflowId/export')
  @Needs('read')
  @Operation({
    summary: 'Export a workflow as a bundle: names, never secrets',
    type: BundleView,
    refusals: { 404: 'There is no such workflow or version.' },
  })
  async export(@Param('workflowId') id: string, @Query() query: ExportQuery): Promise<BundleView> {
    const { publishedVersion, draft } = await this.get(id);
    const version = query.version ?? publishedVersion;
    if (version !== null) return this.bundles.bundle([(await this.version(id, version)).definition]);
    if (draft === null) throw notFound('workflow');
    return this.bundles.bundle([draft]);
  }

  private async newest(id: string) {
    const { draft, publishedVersion } = await this.get(id);
    if (draft !== null) return draft;
    if (publishedVersion === null) throw notFound('workflow');
    return (await this.version(id, publishedVersion)).definition;
  }
}
