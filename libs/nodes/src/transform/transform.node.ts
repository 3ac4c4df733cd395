import { Injectable } from '@nestjs/common';
import { canonicalJson, type Json, type NodeOutcome, terminal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { compareKeys } from './compare-keys.js';
import { renderValue } from './render-value.js';
import { type TransformConfig, transformSpec } from './transform.config.js';

/** One item on its way: where it stood in `from`, and what became of it. */
interface Row {
  item: Json;
  index: number;
  value: Json;
}

/** Filter, map, distinct, sort, cut, in this order, whatever the order of the fields. */
@Injectable()
@NodeType(transformSpec)
export class TransformNode extends NodeStrategy {
  override run({ config }: NodeInput<TransformConfig>, context: NodeContext): NodeOutcome {
    const { from, where, value, limit } = config;
    if (from === undefined) return { kind: 'done', output: { value: renderValue(value, (text) => context.evaluate(text)) } };
    if (!Array.isArray(from)) {
      throw terminal(
        'expr.failed',
        '"from" of the transform gave no list. Name a list, or use orValue([]) where it may be absent.',
      );
    }
    const rows = from.flatMap((item: Json, index): Row[] => {
      const each = { item, index };
      if (where !== undefined && context.evaluate(where, { each }) !== true) return [];
      return [{ ...each, value: renderValue(value, (text) => context.evaluate(text, { each })) }];
    });
    const ordered = sorted(distinct(rows, config, context), config, context);
    return { kind: 'done', output: { value: ordered.slice(0, limit).map((row) => row.value) } };
  }
}

function distinct(rows: Row[], { distinctBy }: TransformConfig, context: NodeContext): Row[] {
  if (distinctBy === undefined) return rows;
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = canonicalJson(context.evaluate(distinctBy, { each: { ...row } }));
    return !seen.has(key) && seen.add(key);
  });
}

/** Values with equal keys keep their order, upwards and downwards. */
function sorted(rows: Row[], { sortBy, descending = false }: TransformConfig, context: NodeContext): Row[] {
  if (sortBy === undefined) return rows;
  const keyed = rows.map((row) => ({ row, key: context.evaluate(sortBy, { each: { ...row } }) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key, descending));
  return keyed.map(({ row }) => row);
}
