import { Controller, Get, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { diffValues, replay, stateHash, verify } from '@workflows/core';
import { TenantScope } from '@workflows/engine';
import type { HistorySegment } from '@workflows/ports';
import { ExecutionStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { ChangesNothing } from '../../audit/audit.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { badRequest, notFound } from '../../problems/refusal.js';
import {
  ChangesQuery,
  ChangesView,
  HistoryQuery,
  HistoryView,
  ReplayView,
  StateQuery,
  StateView,
} from './execution-history.dto.js';
import { historyFileOf } from './history-file.js';
import { type RecordedExecution, RecordedExecutions } from './recorded-executions.js';

const REFUSALS = { 404: 'There is no such run, or no such commit of it.', 409: 'The run has no history yet, or not all of it.' };

/** Runs, computed again from what they have recorded. Nothing here touches the network or changes a run. */
@ApiTags('Executions')
@Controller('v1/executions/:executionId')
export class ExecutionHistoryController {
  constructor(
    private readonly scope: TenantScope,
    private readonly recorded: RecordedExecutions,
    private readonly executions: ExecutionStore,
  ) {}

  @ChangesNothing()
  @Post('replay')
  @Needs('read')
  @Operation({
    summary: 'Compute a run again from its history and compare the two',
    description: 'Nothing is sent, called or changed. Not equal: the first difference says where to look.',
    type: ReplayView,
    refusals: REFUSALS,
  })
  async replay(@Param('executionId', AnId) id: string): Promise<ReplayView> {
    const { execution, state, segments, graphs, redaction } = await this.recorded.get(this.scope.tenantId, id);
    // A run that is at work may have journalled more by now than the state that was read asks for.
    const effects = execution.endedAt === null ? undefined : await this.executions.effects(this.scope.tenantId, id);
    const verdict = verify(graphs, { segments, state, ...(effects === undefined ? {} : { effects }) });
    const { firstDifference: first } = verdict;
    const firstDifference = first === null ? null : { ...first, values: redaction.changes(first.values) };
    const events = segments.reduce((count, segment) => count + segment.events.length, 0);
    return { executionId: id, revision: execution.revision, events, ...verdict, firstDifference };
  }

  @Get('states/:revision')
  @Needs('read')
  @Operation({ summary: 'Get the state of a run after one of its commits', type: StateView, refusals: REFUSALS })
  async state(
    @Param('executionId', AnId) id: string,
    @Param('revision', ParseIntPipe) revision: number,
    @Query() query: StateQuery,
  ): Promise<StateView> {
    const run = await this.recorded.get(this.scope.tenantId, id);
    const segment = segmentOf(run, revision);
    const events = Math.min(query.event ?? segment.events.length, segment.events.length);
    const state = replay(run.graphs, [...eventsBetween(run, 0, revision - 1), ...segment.events.slice(0, events)]);
    return { executionId: id, revision, at: segment.at, events, hash: stateHash(state), state: run.redaction.state(state) };
  }

  @Get('changes')
  @Needs('read')
  @Operation({
    summary: 'Get what happened between two commits of a run, and what it changed',
    type: ChangesView,
    refusals: { ...REFUSALS, 400: 'from does not come before to.' },
  })
  async changes(@Param('executionId', AnId) id: string, @Query() query: ChangesQuery): Promise<ChangesView> {
    const run = await this.recorded.get(this.scope.tenantId, id);
    const to = query.to ?? run.execution.revision;
    const from = query.from ?? to - 1;
    if (from >= to) throw badRequest('from does not come before to. Write the earlier commit in from.');
    segmentOf(run, to);
    const later = run.redaction.state(replay(run.graphs, eventsBetween(run, 0, to)));
    const earlier = from === 0 ? {} : run.redaction.state(replay(run.graphs, eventsBetween(run, 0, from)));
    const events = run.redaction.events(eventsBetween(run, from, to));
    return { executionId: id, from, to, events, values: diffValues(earlier, later) };
  }

  @Get('history')
  @Needs('read')
  @Operation({
    summary: 'Export a run as a file that any build can replay',
    description: 'With mask=true letters become x and digits 1, except where the document itself has the text.',
    type: HistoryView,
    refusals: { ...REFUSALS, 409: `${REFUSALS[409]} Or: without personal data it takes another way.` },
  })
  async history(@Param('executionId', AnId) id: string, @Query() query: HistoryQuery): Promise<HistoryView> {
    return historyFileOf(await this.recorded.get(this.scope.tenantId, id), query.mask === 'true');
  }
}

function segmentOf({ segments }: RecordedExecution, revision: number): HistorySegment {
  const segment = segments.find((each) => each.revision === revision);
  if (segment === undefined) throw notFound('commit of this run');
  return segment;
}

/** Events of the commits after `from`, up to `to`. */
function eventsBetween({ segments }: RecordedExecution, from: number, to: number) {
  return segments.flatMap(({ revision, events }) => (revision > from && revision <= to ? events : []));
}
