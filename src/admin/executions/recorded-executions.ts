import { Injectable } from '@nestjs/common';
import {
  type CompiledGraph,
  type ExecutionState,
  type FrozenSchemas,
  type Graphs,
  graphsBy,
  hidesAnything,
  type JsonObject,
  loadGraph,
  type Privacy,
  privacyOf,
  Redaction,
  stages,
} from '@workflows/core';
import { NodeRegistry } from '@workflows/engine';
import type { ExecutionRecord, HistorySegment } from '@workflows/ports';
import { ExecutionStore, WorkflowStore } from '@workflows/storage';
import { conflict, notFound } from '../../problems/refusal.js';

/** A published version, as it is loaded. */
export interface VersionDocument {
  /** With its number. */
  definition: JsonObject;
  /** What its expressions were typed by. */
  schemas: FrozenSchemas;
}

/** A run with all that is needed to compute it again. */
export interface RecordedExecution {
  execution: ExecutionRecord;
  state: ExecutionState;
  /** From the first commit to that of `state`, none missing. */
  segments: HistorySegment[];
  /** The document of the version that the run began with, with its number. */
  definition: JsonObject;
  /** What its expressions were typed by. */
  schemas: FrozenSchemas;
  /** The same of the versions that it was moved to, by number. */
  later: Record<string, VersionDocument>;
  graphs: Graphs;
  privacy: Privacy;
  /** The run as it may be shown. */
  redaction: Redaction;
}

/** Runs with their whole history. Refuses those that have none, or not all of it. */
@Injectable()
export class RecordedExecutions {
  constructor(
    private readonly executions: ExecutionStore,
    private readonly workflows: WorkflowStore,
    private readonly nodes: NodeRegistry,
  ) {}

  async get(tenantId: string, id: string): Promise<RecordedExecution> {
    const execution = await this.executions.get(tenantId, id);
    if (execution === null) throw notFound('execution');
    const { state, revision, workflowId, version } = execution;
    if (state === null) throw conflict('The run is queued: nobody has picked it up, so it has no history yet. Ask again later.');
    const history = await this.executions.history(tenantId, id);
    // The run may have gone on since it was read; what came later belongs to a later state.
    const segments = history.filter((segment) => segment.revision <= revision);
    if (segments.length !== revision)
      throw conflict('Parts of the history of this run were dropped, as its age allows, so it cannot be computed again.');
    const moves = segments.flatMap(({ events }) => events.filter((event) => event.type === 'migrated'));
    const document = (number: number): Promise<VersionDocument> => this.document(tenantId, workflowId, number);
    const first = await document(moves[0]?.from ?? version);
    const later: Record<string, VersionDocument> = {};
    for (const to of new Set(moves.map((move) => move.to))) later[to] = await document(to);
    const graphs = Object.fromEntries(Object.entries(later).map(([number, each]) => [number, this.load(each)]));
    const all = graphsBy(this.load(first), graphs);
    const documents = [first, ...Object.values(later)].map(({ definition }) => definition);
    const events = segments.flatMap((segment) => segment.events);
    const privacy = privacyOf(documents, events);
    const walked = hidesAnything(privacy) ? [...stages(all, segments)] : [];
    const redaction = new Redaction(privacy, {
      documents,
      states: [state, ...walked.map((stage) => stage.state)],
      events,
      effects: walked.flatMap(({ effects }) => effects),
    });
    return { execution, state, segments, ...first, later, graphs: all, privacy, redaction };
  }

  private async document(tenantId: string, workflowId: string, version: number): Promise<VersionDocument> {
    const published = await this.workflows.getVersion(tenantId, workflowId, version);
    if (published === null) throw notFound('version');
    return { definition: { ...published.definition, version }, schemas: published.schemas };
  }

  private load({ definition, schemas }: VersionDocument): CompiledGraph {
    try {
      return loadGraph(definition, { nodeTypes: this.nodes.specs(), schemas });
    } catch (error) {
      throw conflict(error instanceof Error ? error.message : 'This version cannot run here.');
    }
  }
}
