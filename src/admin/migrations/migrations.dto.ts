import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested } from 'class-validator';
import type { Mapping, Obstacle } from '@workflows/core';
import type { MigrationRecord } from '@workflows/ports';
import { BooleanField, CountField } from '../../http/fields.js';
import { badRequest, type ProblemEntry } from '../../problems/refusal.js';
import type { MigrationReport } from './migration-desk.js';

const VERSION = { min: 1, max: 1_000_000 };
const NAMES = { type: 'object', additionalProperties: { type: 'string' } } as const;

export class MappingBody {
  @ApiPropertyOptional({
    ...NAMES,
    description: 'Nodes that are called otherwise: old id -> new id.',
    example: { size: 'measure' },
  })
  @IsOptional()
  @IsObject()
  nodes: Record<string, unknown> = {};

  @ApiPropertyOptional({
    ...NAMES,
    description: 'Variables of the new version, as expressions over the run as the old one sees it.',
    example: { loud: 'upper(vars.name)' },
  })
  @IsOptional()
  @IsObject()
  vars: Record<string, unknown> = {};
}

export class DryRunBody {
  @BooleanField({ description: 'False: move the runs. Otherwise only say what would become of each.', optional: true })
  dryRun: boolean = true;
}

export class MigrationBody extends DryRunBody {
  @CountField({ ...VERSION, description: 'Version whose live runs are to be moved.' }) from: number;
  @CountField({ ...VERSION, description: 'Version that they are to be moved to.' }) to: number;

  @ApiPropertyOptional({ type: MappingBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => MappingBody)
  mapping: MappingBody = new MappingBody();
}

/** The mapping, whose values must be texts. */
export function mappingOf({ nodes, vars }: MappingBody): Mapping {
  const problems: ProblemEntry[] = [];
  const texts = (field: string, given: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => {
        if (typeof value === 'string' && value.length <= 2_000) return [[name, value]];
        problems.push({
          path: `/mapping/${field}/${name}`,
          code: 'isString',
          message: 'It is no text of up to 2000 characters.',
        });
        return [];
      }),
    );
  const mapping = { nodes: texts('nodes', nodes), vars: texts('vars', vars) };
  if (problems.length > 0) throw badRequest('The mapping has other values than texts; see errors.', problems);
  return mapping;
}

class MigrationCountsView {
  @ApiProperty({ description: 'Runs that are on the new version by now.' }) moved: number;
  @ApiProperty({ description: 'Runs whose turn has not come.' }) waiting: number;
  @ApiProperty({ description: 'Runs that could not move when it was their turn; they go on as they were.' }) blocked: number;
  @ApiProperty({ description: 'Runs that had ended by then.' }) skipped: number;
}

export class MigrationView implements MigrationRecord {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() workflowId: string;
  @ApiProperty() from: number;
  @ApiProperty() to: number;
  @ApiProperty({ type: 'object', additionalProperties: true }) mapping: Mapping;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The migration that this one takes back.' })
  undoes: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty() createdBy: string;
  @ApiProperty({ type: MigrationCountsView }) runs: MigrationCountsView;
}

export class MigrationList {
  @ApiProperty({ type: [MigrationView] }) items: MigrationView[];
}

class ObstacleView implements Obstacle {
  @ApiProperty({ example: 'node.missing' }) code: string;
  @ApiProperty({ description: 'JSON Pointer into the document.' }) path: string;
  @ApiProperty() message: string;
  @ApiProperty({ description: 'True: a mapping can help.' }) mappable: boolean;
}

class JudgedRunView {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty({ type: [String], description: 'Nodes on which the run stands.' }) nodes: string[];
  @ApiProperty({
    enum: ['safe', 'mapping', 'blocked'],
    description: 'safe: moves as it is. mapping: needs one. blocked: no mapping can help.',
  })
  verdict: MigrationReport['runs'][number]['verdict'];
  @ApiProperty({ description: 'Whether it moves with the mapping that was given.' }) moves: boolean;
  @ApiProperty({ type: [ObstacleView] }) obstacles: ObstacleView[];
}

class JudgedCountsView {
  @ApiProperty() safe: number;
  @ApiProperty() mapping: number;
  @ApiProperty() blocked: number;
  @ApiProperty({ description: 'How many move with the mapping that was given.' }) moving: number;
}

export class MigrationReportView implements MigrationReport {
  @ApiProperty() from: number;
  @ApiProperty() to: number;
  @ApiProperty() dryRun: boolean;
  @ApiProperty({ type: JudgedCountsView }) counts: JudgedCountsView;
  @ApiProperty({ type: [JudgedRunView], description: 'The first hundred.' }) runs: JudgedRunView[];
  @ApiProperty({ type: MigrationView, nullable: true, description: 'Null after a dry run, and when no run can move.' })
  migration: MigrationView | null;
}
