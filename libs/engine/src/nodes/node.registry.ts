import { Injectable, type OnModuleInit, Scope } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { NodeTypeSpec } from '@workflows/core';
import { NodeStrategy, nodeTypeOf } from '@workflows/ports';

interface RegisteredNode {
  spec: NodeTypeSpec;
  strategy: NodeStrategy;
}

/** Every node type of this process. Finds the strategies by their announcement and refuses to boot on a mistake. */
@Injectable()
export class NodeRegistry implements OnModuleInit {
  private readonly byType = new Map<string, RegisteredNode>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const spec = typeof wrapper.metatype === 'function' ? nodeTypeOf(wrapper.metatype) : undefined;
      if (spec === undefined) continue;
      if (wrapper.scope !== undefined && wrapper.scope !== Scope.DEFAULT) {
        throw new Error(`${wrapper.name} is request-scoped. A node is static: take what changes from its context.`);
      }
      if (!(wrapper.instance instanceof NodeStrategy)) {
        throw new Error(`${wrapper.name} is announced as node "${spec.type}" but does not extend NodeStrategy.`);
      }
      this.add(spec, wrapper.instance);
    }
    if (this.byType.size === 0) throw new Error('No node type was found. List the node classes as providers of a module.');
  }

  specs(): NodeTypeSpec[] {
    return [...this.byType.values()].map((node) => node.spec);
  }

  strategy(type: string): NodeStrategy {
    const node = this.byType.get(type);
    if (node === undefined)
      throw new Error(`No node type "${type}" is registered; known are ${[...this.byType.keys()].join(', ')}.`);
    return node.strategy;
  }

  private add(spec: NodeTypeSpec, strategy: NodeStrategy): void {
    const present = this.byType.get(spec.type);
    if (present === undefined) this.byType.set(spec.type, { spec, strategy });
    else if (present.strategy.constructor !== strategy.constructor) {
      throw new Error(
        `Two nodes are called "${spec.type}": ${present.strategy.constructor.name} and ${strategy.constructor.name}. Rename one.`,
      );
    }
  }
}
