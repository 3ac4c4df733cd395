export { TenantContexts } from './tenant-contexts.js';
export { TenantPayload, TenantScope } from './tenant-scope.js';
