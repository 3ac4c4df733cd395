import { Injectable } from '@nestjs/common';
import { type NodeOutcome, rowConditions, type Signal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { askStore, storedOutcome } from '../stored.js';
import { type DataReadConfig, dataReadSpec, USUAL_LIMIT } from './data-read.config.js';

@Injectable()
@NodeType(dataReadSpec)
export class DataReadNode extends NodeStrategy {
  override run({ config }: NodeInput<DataReadConfig>, context: NodeContext): NodeOutcome {
    const { table, key, where, orderBy, descending = false, limit = USUAL_LIMIT } = config;
    if (key !== undefined) return askStore({ do: 'read', table, key }, context);
    return askStore(
      { do: 'search', table, where: rowConditions(where), ...(orderBy === undefined ? {} : { orderBy }), descending, limit },
      context,
    );
  }

  override resume(_input: NodeInput<DataReadConfig>, _context: NodeContext, signal: Signal): NodeOutcome {
    return storedOutcome(signal);
  }
}
