import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Channel } from '@workflows/ports';

/** Every channel of this process, by the name that workflows and webhook paths use. */
@Injectable()
export class ChannelRegistry implements OnModuleInit {
  private readonly byName = new Map<string, Channel>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (!(instance instanceof Channel)) continue;
      const present = this.byName.get(instance.name);
      if (present !== undefined && present.constructor !== instance.constructor) {
        throw new Error(
          `Two channels are called "${instance.name}": ${present.constructor.name} and ${instance.constructor.name}. Rename one.`,
        );
      }
      this.byName.set(instance.name, instance);
    }
    if (this.byName.size === 0) throw new Error('No channel was found. List the channel classes as providers of a module.');
  }

  names(): string[] {
    return [...this.byName.keys()];
  }

  find(name: string): Channel | undefined {
    return this.byName.get(name);
  }

  get(name: string): Channel {
    const channel = this.byName.get(name);
    if (channel === undefined) throw new Error(`No channel "${name}" is registered; known are ${this.names().join(', ')}.`);
    return channel;
  }
}
