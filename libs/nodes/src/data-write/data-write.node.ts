import { Injectable } from '@nestjs/common';
import { type Json, type JsonObject, type NodeOutcome, type Signal, terminal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { askStore, storedOutcome } from '../stored.js';
import { type DataWriteConfig, dataWriteSpec } from './data-write.config.js';

@Injectable()
@NodeType(dataWriteSpec)
export class DataWriteNode extends NodeStrategy {
  override run({ config }: NodeInput<DataWriteConfig>, context: NodeContext): NodeOutcome {
    const { table, op, key } = config;
    const version = versionOf(config.ifVersion);
    return askStore(
      {
        do: 'write',
        table,
        op,
        key: keyOf(key),
        value: op === 'delete' ? {} : columnsOf(config.value),
        ...(version === null ? {} : { ifVersion: version }),
      },
      context,
    );
  }

  override resume(_input: NodeInput<DataWriteConfig>, _context: NodeContext, signal: Signal): NodeOutcome {
    return storedOutcome(signal);
  }
}

function keyOf(key: string): string {
  if (key !== '' && key.length <= 200) return key;
  throw terminal('expr.failed', '"key" is empty, or longer than 200 characters, once it is rendered. Check its expressions.');
}

function columnsOf(value: Json | undefined): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw terminal('expr.failed', '"value" is no object of columns once it is rendered. Check its expressions.');
}

/** Null: whatever version the row has. */
function versionOf(given: Json | undefined): number | null {
  if (given === undefined || given === null) return null;
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return given;
  throw terminal('expr.failed', '"ifVersion" is no version once it is rendered. Give the version of a row that was read, or 0.');
}
