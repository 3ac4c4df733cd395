import { Inject, Injectable, Optional, type OnModuleDestroy } from '@nestjs/common';
import { EgressClient, type EgressRequest, type EgressResult } from '@workflows/ports';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { AddressGuard, BlockedDestination } from './address-guard.js';
import { mayCarry, withCredential, withoutSecret } from './credential.js';
import { guardedConnector } from './guarded-connector.js';
import { exchange } from './exchange.js';
import { EGRESS_OPTIONS, type EgressOptions } from './options.js';
import { nextHop, sendableHeaders, type Hop } from './redirect.js';

const MOST_REDIRECTS = 3;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;

/**
 * HTTP by undici. Its own agents are handed to every request, so that no HTTP_PROXY of the environment can lead
 * requests around the guard.
 */
@Injectable()
export class UndiciEgressClient extends EgressClient implements OnModuleDestroy {
  private readonly guard: AddressGuard;
  /** `tenant` checks every address before it is used; `operator` trusts the deployment's own configuration. */
  private readonly agents: Record<EgressRequest['trust'], Dispatcher>;

  constructor(@Optional() @Inject(EGRESS_OPTIONS) options: EgressOptions = {}) {
    super();
    this.guard = new AddressGuard(options);
    const limits = { connections: options.connectionsPerOrigin ?? 128, headersTimeout: 0, bodyTimeout: 0 };
    this.agents = {
      tenant: new Agent({ ...limits, connect: guardedConnector(this.guard) }),
      operator: new Agent({ ...limits, connect: buildConnector({}) }),
    };
  }

  async request(request: EgressRequest): Promise<EgressResult> {
    const result = await this.follow(request);
    return request.credential === undefined ? result : withoutSecret(result, request.credential);
  }

  private async follow(request: EgressRequest): Promise<EgressResult> {
    const deadline = performance.now() + (request.timeoutMs > 0 ? request.timeoutMs : DEFAULT_TIMEOUT_MS);
    const first = this.firstHop(request);
    if (typeof first === 'string') return { outcome: 'never_sent', code: 'http.blocked', message: `Blocked: ${first}.` };

    let hop: Hop = first;
    let result = await this.go(hop, request, deadline);
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
      const next = result.outcome === 'answered' ? nextHop(hop, result) : null;
      // A redirect that must not be followed is handed back as the answer it is: the first host has had the request.
      if (next === null || this.refusal(next.url, request) !== null) return result;
      hop = next;
      result = afterAnswer(await this.go(hop, request, deadline));
    }
    return result;
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.agents.tenant.destroy(), this.agents.operator.destroy()]);
  }

  private firstHop({ method, url, headers = {}, body, ...request }: EgressRequest): Hop | string {
    const target = URL.canParse(url) ? new URL(url) : null;
    if (target === null) return 'the URL cannot be read';
    const refusal = this.refusal(target, request);
    if (refusal !== null) return refusal;
    if (request.credential !== undefined && !mayCarry(request.credential, target, this.guard))
      return 'the credential may not be sent there; add the host to its hosts, and use https';
    return { method: method.toUpperCase(), url: target, headers: sendableHeaders(headers), body };
  }

  /** Why a URL must not be called, or null. */
  private refusal(url: URL, { trust }: Pick<EgressRequest, 'trust'>): string | null {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'only http and https are allowed';
    if (url.username !== '' || url.password !== '') return 'a URL must not carry credentials; send them in a header';
    if (trust === 'operator') return null;
    try {
      this.guard.checkUrl(url);
      return null;
    } catch (error) {
      if (error instanceof BlockedDestination) return error.message;
      throw error;
    }
  }

  private go(hop: Hop, request: EgressRequest, deadline: number): Promise<EgressResult> {
    const { trust, credential, signal, maxBytes = DEFAULT_MAX_BYTES } = request;
    const carries = credential !== undefined && mayCarry(credential, hop.url, this.guard);
    return exchange(this.agents[trust], carries ? withCredential(hop, credential) : hop, {
      timeoutMs: Math.max(0, deadline - performance.now()),
      maxBytes,
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

/** Behind a redirect nothing is "never sent" any more: the host before has read the request. */
function afterAnswer(result: EgressResult): EgressResult {
  return result.outcome === 'never_sent'
    ? { outcome: 'in_doubt', code: 'network', message: `After a redirect: ${result.message}` }
    : result;
}
