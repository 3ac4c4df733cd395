export { BullDoorbell } from './bull.doorbell.js';
export { migrateQueue, QUEUE_SCHEMA } from './migrate-queue.js';
export type { QueueConnection } from './queue.backend.js';
export { QueueModule, type QueueModuleOptions } from './queue.module.js';
