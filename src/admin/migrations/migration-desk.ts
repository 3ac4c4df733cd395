import { Injectable } from '@nestjs/common';
import { type Classification, classify, type Mapping, type MovableVersion } from '@workflows/core';
import { PublishedWorkflows } from '@workflows/engine';
import { Doorbell, type MigrateLetter, type MigrationRecord, type WorkflowVersionRecord } from '@workflows/ports';
import { MigrationStore, type MovableRun } from '@workflows/storage';
import { type ProblemEntry, unprocessable } from '../../problems/refusal.js';
import { WorkflowDocuments } from '../workflows/workflow-documents.js';

export interface MigrationOrder {
  tenantId: string;
  workflowId: string;
  from: number;
  to: number;
  mapping: Mapping;
  dryRun: boolean;
  by: string;
}

/** What was found about the live runs; of each kind only the first hundred are listed. */
export interface MigrationReport {
  from: number;
  to: number;
  dryRun: boolean;
  counts: { safe: number; mapping: number; blocked: number; moving: number };
  runs: Array<{ executionId: string; nodes: string[] } & Classification>;
  /** Null after a dry run, and when there was no run to move. */
  migration: MigrationRecord | null;
}

const LISTED = 100;

/** Judges the live runs of a version, and tells those that can to move. Each moves under the lease of its own mailbox. */
@Injectable()
export class MigrationDesk {
  constructor(
    private readonly documents: WorkflowDocuments,
    private readonly published: PublishedWorkflows,
    private readonly migrations: MigrationStore,
    private readonly doorbell: Doorbell,
  ) {}

  async order(order: MigrationOrder): Promise<MigrationReport> {
    const { tenantId, workflowId } = order;
    const from = await this.documents.version(tenantId, workflowId, order.from);
    return this.carryOut(order, null, from, this.migrations.liveRuns(tenantId, from.id));
  }

  /** Takes a migration back: the other way, with the mapping turned round and the variables as they were. */
  async undo(given: MigrationRecord, order: Pick<MigrationOrder, 'tenantId' | 'dryRun' | 'by'>): Promise<MigrationReport> {
    const { tenantId } = order;
    const nodes = Object.fromEntries(Object.entries(given.mapping.nodes).map(([old, now]) => [now, old]));
    const back = { ...order, workflowId: given.workflowId, from: given.to, to: given.from, mapping: { nodes, vars: {} } };
    const from = await this.documents.version(tenantId, given.workflowId, back.from);
    return this.carryOut(back, given.id, from, this.migrations.movedRuns(tenantId, given.id));
  }

  private async carryOut(
    order: MigrationOrder,
    undoes: string | null,
    from: WorkflowVersionRecord,
    pages: AsyncIterable<MovableRun[]>,
  ): Promise<MigrationReport> {
    const { tenantId, workflowId, mapping, dryRun, by } = order;
    const to = await this.documents.version(tenantId, workflowId, order.to);
    const [was, is] = [await this.published.movable(tenantId, from.id), await this.published.movable(tenantId, to.id)];
    checkMapping(was, is, mapping);
    const report: MigrationReport = {
      from: order.from,
      to: order.to,
      dryRun,
      counts: { safe: 0, mapping: 0, blocked: 0, moving: 0 },
      runs: [],
      migration: null,
    };
    const at = new Date().toISOString();
    for await (const page of pages) {
      const letters: MigrateLetter[] = [];
      for (const { executionId, state, restore } of page) {
        const judged = classify(was, is, state, mapping, at, restore ?? undefined);
        report.counts[judged.verdict] += 1;
        if (judged.moves) report.counts.moving += 1;
        if (report.runs.length < LISTED)
          report.runs.push({ executionId, nodes: state.tokens.map(({ node }) => node), ...judged });
        if (judged.moves)
          letters.push({ executionId, migration: '', from: order.from, to: order.to, versionId: to.id, mapping, restore });
      }
      if (dryRun || letters.length === 0) continue;
      report.migration ??= await this.migrations.start(tenantId, {
        workflowId,
        from: order.from,
        to: order.to,
        mapping,
        undoes,
        createdBy: by,
      });
      const { id } = report.migration;
      await this.migrations.send(
        tenantId,
        id,
        letters.map((letter) => ({ ...letter, migration: id })),
      );
      this.doorbell.ring('advance');
    }
    if (report.migration !== null) report.migration = await this.migrations.get(tenantId, workflowId, report.migration.id);
    return report;
  }
}

/** A name that no version has would help no run, and is most likely misspelt. */
function checkMapping(from: MovableVersion, to: MovableVersion, { nodes, vars }: Mapping): void {
  const problem = (path: string, message: string): ProblemEntry => ({ path, code: 'mapping.unknown', message });
  const problems = [
    ...Object.entries(nodes).flatMap(([old, now]) => [
      ...(from.graph.nodes[old] ? [] : [problem(`/mapping/nodes/${old}`, `Version ${from.graph.version} has no node "${old}".`)]),
      ...(to.graph.nodes[now] ? [] : [problem(`/mapping/nodes/${old}`, `Version ${to.graph.version} has no node "${now}".`)]),
    ]),
    ...Object.keys(vars).flatMap((name) =>
      to.graph.vars[name] ? [] : [problem(`/mapping/vars/${name}`, `Version ${to.graph.version} has no variable "${name}".`)],
    ),
  ];
  if (new Set(Object.values(nodes)).size < Object.keys(nodes).length)
    problems.push(problem('/mapping/nodes', 'Two nodes are mapped to one. Name a node of its own for each.'));
  if (problems.length > 0) throw unprocessable('The mapping names what is not there; see errors.', problems);
}
