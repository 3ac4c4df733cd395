import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { TableStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { entityTag, seenRevision } from '../../http/entity-tag.js';
import type { HttpReply } from '../../http/exchange.js';
import { Operation } from '../../http/operation.js';
import { badRequest, notFound } from '../../problems/refusal.js';
import { columnsOf, fitsEveryRow } from './columns.js';
import { ChangeTableBody, CreateTableBody, TableList, TableView } from './tables.dto.js';

/** Tables that workflows read and write by data.read and data.write. */
@ApiTags('Tables')
@Controller('v1/tables')
export class TablesController {
  constructor(
    private readonly scope: TenantScope,
    private readonly tables: TableStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the tables', type: TableList })
  async list(): Promise<TableList> {
    return { items: await this.tables.list(this.scope.tenantId) };
  }

  @Post()
  @Needs('admin')
  @Operation({
    summary: 'Create a table',
    status: 201,
    type: TableView,
    refusals: { 400: 'The name or the columns have another form.', 409: 'The name is taken, or there are too many tables.' },
  })
  create(@Body() { name, columns }: CreateTableBody): Promise<TableView> {
    return this.tables.create(this.scope.tenantId, name, columnsOf(columns));
  }

  @Get(':table')
  @Needs('read')
  @Operation({ summary: 'Get a table', type: TableView, refusals: { 404: 'There is no such table.' } })
  async get(@Param('table') name: string, @Res({ passthrough: true }) reply: HttpReply): Promise<TableView> {
    return tagged(await this.tables.get(this.scope.tenantId, name), reply);
  }

  @Put(':table')
  @Needs('admin')
  @Operation({
    summary: 'Change the columns of a table',
    description:
      'Optional columns may be added, and required ones made optional, at any time; anything else only while the table has no rows. Published workflows keep the columns that they were checked against. The header If-Match is required.',
    type: TableView,
    refusals: {
      400: 'The columns have another form, or If-Match is missing.',
      404: 'There is no such table.',
      409: 'The table has rows that might not fit.',
      412: 'The table has changed since you have seen it.',
    },
  })
  async change(
    @Param('table') name: string,
    @Body() body: ChangeTableBody,
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('if-match') ifMatch?: string,
  ): Promise<TableView> {
    const { tenantId } = this.scope;
    const expected = seenRevision(ifMatch);
    if (expected === undefined)
      throw badRequest('The header If-Match is missing. Send the ETag of the table as you have seen it.');
    const columns = columnsOf(body.columns);
    const before = await this.tables.get(tenantId, name);
    if (before === null) throw notFound('table');
    const whileEmpty = !fitsEveryRow(before.columns, columns);
    return tagged(await this.tables.change(tenantId, name, columns, { expected, whileEmpty }), reply);
  }

  @Delete(':table')
  @Needs('admin')
  @Operation({
    summary: 'Delete a table with its rows',
    status: 204,
    refusals: { 404: 'There is no such table.', 409: 'A published workflow, or a run that goes on, uses it.' },
  })
  async delete(@Param('table') name: string): Promise<void> {
    if (!(await this.tables.delete(this.scope.tenantId, name))) throw notFound('table');
  }
}

function tagged(table: TableView | null, reply: HttpReply): TableView {
  if (table === null) throw notFound('table');
  reply.header('etag', entityTag(table.version));
  return table;
}
