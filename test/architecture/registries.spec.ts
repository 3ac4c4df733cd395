import { Injectable, Module, type Provider, Scope, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { CHANNELS, WhatsAppChannel } from '@workflows/channels';
import { type NodeOutcome } from '@workflows/core';
import { ChannelRegistry, NodeRegistry, UndiciEgressClient } from '@workflows/engine';
import { NODE_SPECS, NODES } from '@workflows/nodes';
import { EgressClient, NodeStrategy, NodeType, nodeTypeOf, WebChatBox } from '@workflows/ports';

const [anySpec] = NODE_SPECS;
if (anySpec === undefined) throw new Error('There is no node type.');

@Injectable()
@NodeType(anySpec)
class TwinNode extends NodeStrategy {
  run(): NodeOutcome {
    return { kind: 'done' };
  }
}

@Injectable({ scope: Scope.REQUEST })
@NodeType({ ...anySpec, type: 'test.request_scoped' })
class RequestScopedNode extends TwinNode {}

@Injectable()
@NodeType({ ...anySpec, type: 'test.no_strategy' })
class NoStrategy {}

/** Boots a registry over these providers, as the engine's module does. */
async function boot<Registry>(registry: Type<Registry>, providers: Provider[]): Promise<Registry> {
  @Module({
    imports: [DiscoveryModule],
    providers: [registry, ...providers, { provide: EgressClient, useValue: {} }, { provide: WebChatBox, useValue: {} }],
  })
  class Registered {}
  const module = await Test.createTestingModule({ imports: [Registered] }).compile();
  await module.init();
  return module.get(registry);
}

describe('the registry of nodes', () => {
  it('finds every node that is listed, by its type', async () => {
    const registry = await boot(NodeRegistry, NODES);
    expect(registry.specs().map(({ type }) => type)).toEqual(NODE_SPECS.map(({ type }) => type));
    for (const node of NODES) expect(registry.strategy(nodeTypeOf(node)?.type ?? '')).toBeInstanceOf(node);
  });

  it.each([
    ['two nodes of one type', [...NODES, TwinNode], /Two nodes are called ".+": .+ and TwinNode\. Rename one\./],
    ['a node that depends on a request', [...NODES, RequestScopedNode], /RequestScopedNode is request-scoped\. A node is static/],
    ['a class that is announced and is no strategy', [...NODES, NoStrategy], /NoStrategy .* does not extend NodeStrategy/],
    ['no node at all', [], /No node type was found/],
  ])('refuses to boot with %s, and says what to do', async (_, providers, message) => {
    await expect(boot(NodeRegistry, providers)).rejects.toThrow(message);
  });
});

describe('the registry of channels', () => {
  it('finds every channel that is listed', async () => {
    const registry = await boot(ChannelRegistry, CHANNELS);
    expect(registry.names()).toEqual(['whatsapp', 'instagram', 'webchat']);
  });

  it('refuses to boot with two channels of one name, or with none', async () => {
    const egress = new UndiciEgressClient();
    class TwinChannel extends WhatsAppChannel {}
    const twin = { provide: TwinChannel, useValue: new TwinChannel(egress) };
    await expect(boot(ChannelRegistry, [...CHANNELS, twin])).rejects.toThrow('Two channels are called "whatsapp"');
    await expect(boot(ChannelRegistry, [])).rejects.toThrow('No channel was found');
    await egress.onModuleDestroy();
  });
});
