/** What a tenant's URLs may reach; configuration of the deployment. */
export interface EgressOptions {
  /** Ports that may be called beside 80, 443 and 8443. */
  extraPorts?: number[];
  /** Private places that tenants may call all the same, as "host:port" in the way their URLs write it. Off by default. */
  allowPrivateHosts?: string[];
  /** Connections to one origin at a time; further requests wait. */
  connectionsPerOrigin?: number;
}

/** Token under which the container finds the EgressOptions; without it the strict defaults hold. */
export const EGRESS_OPTIONS = Symbol('workflows.egress-options');
