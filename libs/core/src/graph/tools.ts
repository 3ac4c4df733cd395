import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import { configOf } from './silence.js';

/** Everything that a model may call from a node, with its JSON Pointer below the node: its tools, and its MCP servers. */
export function toolsOf(raw: JsonObject): Array<{ value: JsonObject; place: string }> {
  if (raw['type'] !== 'ai.agent') return [];
  const config = configOf(raw);
  return ['tools', 'mcp'].flatMap((field) => {
    const list = config[field];
    if (!Array.isArray(list)) return [];
    return list.flatMap((value, index) => (isObject(value) ? [{ value, place: `/with/${field}/${index}` }] : []));
  });
}
