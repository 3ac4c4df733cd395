import { Injectable } from '@nestjs/common';
import { type NodeOutcome, terminal } from '@workflows/core';
import { type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { type ForeachConfig, type ForeachFields, foreachSpec } from './foreach.config.js';

/** Finds the items; the machine begins an iteration for each, as many at a time as the config says. */
@Injectable()
@NodeType(foreachSpec)
export class ForeachNode extends NodeStrategy {
  override run({ config }: NodeInput<ForeachConfig, ForeachFields>): NodeOutcome {
    const { items, maxItems } = config;
    if (!Array.isArray(items)) {
      throw terminal(
        'expr.failed',
        '"items" of the foreach gave no list. Name a list, or use orValue([]) where it may be absent.',
      );
    }
    if (items.length > maxItems) {
      const message = `The list has ${items.length} items, but "maxItems" allows ${maxItems}. Raise it, or cut the list with a transform.`;
      throw terminal('limit.items', message);
    }
    return { kind: 'done', port: 'body', output: { items } };
  }
}
