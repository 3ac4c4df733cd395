import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as lookupName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { EgressOptions } from './options.js';

const WEB_PORTS = [80, 443, 8443];

/** A refused destination. The text never tells what a name resolved to: that would map the private network. */
export class BlockedDestination extends Error {
  readonly code = 'WORKFLOWS_BLOCKED';
}

/**
 * Decides where a tenant's URL may lead. It is asked three times, because each place alone has a gap: at the URL
 * (a lookup is never made for a literal), at the lookup (a name may point inwards), and at the connected socket.
 */
export class AddressGuard {
  private readonly ports: Set<number>;
  private readonly allowed: Set<string>;

  constructor({ extraPorts = [], allowPrivateHosts = [] }: EgressOptions) {
    this.ports = new Set([...WEB_PORTS, ...extraPorts]);
    this.allowed = new Set(allowPrivateHosts.map(normal));
  }

  /** @throws BlockedDestination naming the rule that the URL breaks */
  checkUrl(url: URL): void {
    const port = portOf(url);
    if (this.isAllowed(url.hostname, port)) return;
    if (!this.ports.has(port)) throw new BlockedDestination(`port ${port} is not among the allowed ports`);
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (ipaddr.isValid(literal) && !isPublic(literal)) throw new BlockedDestination('the address is not a public one');
  }

  /** A DNS lookup that hides private addresses; when nothing else is left it fails with BlockedDestination. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true };
    lookupName(hostname, all, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const reachable = addresses.filter(({ address }) => isPublic(address));
      const first: LookupAddress | undefined = reachable[0];
      if (first === undefined) return callback(new BlockedDestination('the name does not lead to a public address'), '', 0);
      if (options.all) return callback(null, reachable);
      return callback(null, first.address, first.family);
    });
  };

  isAllowed(hostname: string, port: number): boolean {
    return this.allowed.has(normal(`${hostname}:${port}`));
  }
}

/** URLs write IPv6 in brackets, sockets do not. */
function normal(place: string): string {
  return place.toLowerCase().replace(/[[\]]/g, '');
}

/** Public and nothing else: not private, loopback, link-local, carrier, translated, tunnelled, documentation or multicast. */
export function isPublic(address: string): boolean {
  // A zone (`fe80::1%eth0`) only ever marks a local address.
  if (!ipaddr.isValid(address) || address.includes('%')) return false;
  return ipaddr.process(address).range() === 'unicast';
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
