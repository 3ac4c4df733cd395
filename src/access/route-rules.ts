import { Injectable, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from './access.decorators.js';

/** One route with the rule that guards it. */
export interface RouteRule {
  route: string;
  method: string;
  rule: AccessRule;
}

/** Refuses to boot when a route says nothing about who may use it, so that nobody forgets. */
@Injectable()
export class RouteRules implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    this.list();
  }

  /** Every route of this process. Throws an Error that names the first one without a rule. */
  list(): RouteRule[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype: unknown = Reflect.get(metatype, 'prototype');
      if (typeof prototype !== 'object' || prototype === null) return [];
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler: unknown = Reflect.get(prototype, name);
        if (typeof handler !== 'function') return [];
        const method: unknown = Reflect.getMetadata(METHOD_METADATA, handler);
        if (typeof method !== 'number') return [];
        const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [handler, metatype]);
        const route = `${metatype.name}.${name}`;
        if (rule === undefined)
          throw new Error(`${route} says nothing about access. Write @Needs('read'), @OperatorOnly() or @Public() above it.`);
        return [{ route, method: RequestMethod[method] ?? 'ALL', rule }];
      });
    });
  }
}
