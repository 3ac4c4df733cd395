import { Body, Controller, Delete, Get, Headers, Param, Patch, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { assertNever, fitRow, type JsonObject, type RowWrite } from '@workflows/core';
import { TenantScope } from '@workflows/engine';
import type { DataTableRecord } from '@workflows/ports';
import { TableStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { entityTag, seenRevision } from '../../http/entity-tag.js';
import type { HttpReply } from '../../http/exchange.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { badRequest, conflict, notFound, Refusal } from '../../problems/refusal.js';
import { rowRefusal } from './columns.js';
import { RowBody, RowPage, RowView } from './tables.dto.js';

const WRITE_REFUSALS = {
  400: 'A header or the id has another form.',
  404: 'There is no such table or row.',
  409: 'The table is full, or its columns are being changed.',
  412: 'The row has changed since you have seen it.',
  422: 'The row does not fit the columns.',
};

/** Rows of a tenant's table, for those who look after it beside the workflows. */
@ApiTags('Tables')
@Controller('v1/tables/:table/rows')
export class RowsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly tables: TableStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the rows of a table, by id', type: RowPage, refusals: { 404: 'There is no such table.' } })
  async list(@Param('table') table: string, @Query() query: PageQuery): Promise<RowPage> {
    await this.table(table);
    const { items, nextCursor } = await this.tables.rows(this.scope.tenantId, table, pageOf(query));
    return { items: items.map(viewOf), nextCursor };
  }

  @Get(':row')
  @Needs('read')
  @Operation({ summary: 'Get a row', type: RowView, refusals: { 404: 'There is no such table or row.' } })
  async get(
    @Param('table') table: string,
    @Param('row') id: string,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<RowView> {
    const row = await this.tables.row(this.scope.tenantId, table, id);
    if (row === null) throw notFound('row');
    const view = viewOf(row);
    reply.header('etag', entityTag(view.version));
    return view;
  }

  @Put(':row')
  @Needs('write')
  @Operation({
    summary: 'Write a whole row',
    description: 'With If-Match only over the version that you have seen, and with If-None-Match: * only where there is none.',
    type: RowView,
    refusals: WRITE_REFUSALS,
  })
  put(
    @Param('table') table: string,
    @Param('row') id: string,
    @Body() { value }: RowBody,
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('if-match') ifMatch?: string,
    @Headers('if-none-match') ifNoneMatch?: string,
  ): Promise<RowView> {
    return this.write(writeOf('put', table, id, value, seenRevision(ifMatch, ifNoneMatch)), reply);
  }

  @Patch(':row')
  @Needs('write')
  @Operation({
    summary: 'Change some columns of a row; null removes one',
    description: 'Makes the row where there is none, unless If-Match names a version.',
    type: RowView,
    refusals: WRITE_REFUSALS,
  })
  patch(
    @Param('table') table: string,
    @Param('row') id: string,
    @Body() { value }: RowBody,
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('if-match') ifMatch?: string,
  ): Promise<RowView> {
    return this.write(writeOf('merge', table, id, value, seenRevision(ifMatch)), reply);
  }

  @Delete(':row')
  @Needs('write')
  @Operation({ summary: 'Delete a row', status: 204, refusals: { ...WRITE_REFUSALS, 422: 'The row cannot be deleted.' } })
  async delete(@Param('table') table: string, @Param('row') id: string, @Headers('if-match') ifMatch?: string): Promise<void> {
    const { tenantId } = this.scope;
    if ((await this.tables.row(tenantId, table, id)) === null) throw notFound('row');
    await this.done(writeOf('delete', table, id, {}, seenRevision(ifMatch)), await this.table(table));
  }

  private async write(write: RowWrite, reply: HttpReply): Promise<RowView> {
    const table = await this.table(write.table);
    const unknown = Object.keys(write.value).filter((name) => !Object.hasOwn(table.columns.properties ?? {}, name));
    const fitted = fitRow(table.columns, write.op, write.value);
    const problems = [
      ...unknown.map((name) => ({ path: `/value/${name}`, message: 'is none of this table' })),
      ...('problems' in fitted ? fitted.problems.map((problem) => ({ ...problem, path: `/value${problem.path}` })) : []),
    ];
    if (problems.length > 0 || 'problems' in fitted) throw rowRefusal(problems);
    await this.done({ ...write, value: fitted.value }, table);
    const row = await this.tables.row(this.scope.tenantId, write.table, write.key);
    if (row === null) throw conflict('The row was deleted by somebody else right after it was written.');
    const view = viewOf(row);
    reply.header('etag', entityTag(view.version));
    return view;
  }

  /** Refuses with what the table says. */
  private async done(write: RowWrite, table: DataTableRecord): Promise<void> {
    const written = await this.tables.write(this.scope.tenantId, write, table.version);
    switch (written.outcome) {
      case 'done':
        return;
      case 'conflict':
        throw new Refusal(
          412,
          'precondition',
          'The row has changed since you have seen it. Read it again and put your change on top.',
        );
      case 'missing':
        throw notFound('table');
      case 'stale':
        throw conflict('The columns of the table changed at this very moment. Send the same request again.');
      case 'full':
        throw conflict('The table is full: it holds 100,000 rows and 64 MB. Delete rows that are not needed.');
      case 'too_large':
        throw rowRefusal([{ path: '/value', message: 'values are larger than 64 KB together' }]);
      case 'incomplete':
        throw rowRefusal([{ path: `/value/${written.column}`, message: 'is required' }]);
      case 'out_of_range':
        throw rowRefusal([{ path: `/value/${written.column}`, message: 'would leave its range' }]);
      case 'fenced':
        throw new Error('A write without a step cannot be fenced.');
      default:
        assertNever(written);
    }
  }

  private async table(name: string): Promise<DataTableRecord> {
    const table = await this.tables.get(this.scope.tenantId, name);
    if (table === null) throw notFound('table');
    return table;
  }
}

function writeOf(op: RowWrite['op'], table: string, id: string, value: JsonObject, version: number | undefined): RowWrite {
  if (id.length > 200) throw badRequest('The id of the row is longer than 200 characters.');
  return { do: 'write', table, op, key: id, value, ...(version === undefined ? {} : { ifVersion: version }) };
}

function viewOf({ id, version, ...value }: JsonObject): RowView {
  if (typeof id !== 'string' || typeof version !== 'number') throw new Error('A row came without its id or version.');
  return { id, version, value };
}
