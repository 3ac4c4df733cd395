export { EGRESS_OPTIONS, type EgressOptions } from './options.js';
export { UndiciEgressClient } from './undici-egress.client.js';
