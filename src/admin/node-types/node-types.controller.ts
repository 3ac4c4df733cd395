import { Controller, Get, Param } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { type JsonObject, languageJsonSchema, nodeJsonSchema, type NodeTypeSpec } from '@workflows/core';
import { NodeRegistry } from '@workflows/engine';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';

class NodeTypeView {
  @ApiProperty({ example: 'message.send' }) type: string;
  @ApiProperty({ example: 1 }) typeVersion: number;
  @ApiProperty() title: string;
  @ApiProperty() description: string;
  @ApiProperty({ enum: ['messages', 'activities', 'waiting', 'flow'] }) group: string;
  @ApiProperty({ enum: ['activity', 'waiting', 'pure'] }) category: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema 2020-12 of a whole node of this type.' })
  schema: JsonObject;
}

class NodeTypesView {
  @ApiProperty({ type: [NodeTypeView] }) items: NodeTypeView[];
}

/** The catalogue that editors build their forms from. */
@ApiTags('Node types')
@Needs('read')
@Controller('v1/node-types')
export class NodeTypesController {
  constructor(private readonly nodes: NodeRegistry) {}

  @Get()
  @Operation({ summary: 'List the node types with their JSON Schemas', type: NodeTypesView })
  list(): NodeTypesView {
    return {
      items: this.nodes
        .specs()
        .map(viewOf)
        .sort((a, b) => a.type.localeCompare(b.type)),
    };
  }

  @Get('language')
  @Operation({ summary: 'Get the JSON Schema of a whole document' })
  language(): JsonObject {
    return languageJsonSchema(this.nodes.specs());
  }

  @Get(':type')
  @Operation({ summary: 'Get one node type', type: NodeTypeView, refusals: { 404: 'There is no such node type.' } })
  get(@Param('type') type: string): NodeTypeView {
    const spec = this.nodes.specs().find((candidate) => candidate.type === type);
    if (spec === undefined) throw notFound('node type');
    return viewOf(spec);
  }
}

function viewOf(spec: NodeTypeSpec): NodeTypeView {
  const { type, typeVersion, title, description, group, category } = spec;
  return { type, typeVersion, title, description, group, category, schema: nodeJsonSchema(spec) };
}
