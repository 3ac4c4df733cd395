import { CHANNELS } from '@workflows/channels';
import type { ChannelCapabilities, NodeTypeSpec } from '@workflows/core';
import { NODE_SPECS, NODES } from '@workflows/nodes';
import { EgressClient, type EgressResult, type NodeStrategy, nodeTypeOf } from '@workflows/ports';

/** A node type as the simulator needs it. Without a strategy it compiles, and its tests must mock it. */
export interface SimulatedNode {
  spec: NodeTypeSpec;
  strategy?: NodeStrategy;
}

/** The node types of this engine. */
export function standardNodes(): SimulatedNode[] {
  const strategies = NODES.map((node) => ({ type: nodeTypeOf(node)?.type, strategy: new node() }));
  return NODE_SPECS.map((spec) => ({ spec, strategy: strategies.find(({ type }) => type === spec.type)?.strategy }));
}

/** What each channel of this engine can carry, by its name. */
export function standardChannels(): Record<string, ChannelCapabilities> {
  const channels = CHANNELS.map((channel) => new channel(new NoNetwork()));
  return Object.fromEntries(channels.map(({ name, capabilities }) => [name, capabilities]));
}

/** Channels are only asked what they can carry; whoever sends something from a test has found a defect. */
class NoNetwork extends EgressClient {
  override request(): Promise<EgressResult> {
    throw new Error('A test of a workflow reached for the network, which the simulator does not have.');
  }
}
