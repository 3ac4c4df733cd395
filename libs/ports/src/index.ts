export * from './channel.js';
export * from './crash-point.js';
export * from './database.js';
export * from './doorbell.js';
export * from './egress.js';
export * from './node.js';
export * from './records.js';
export * from './road.js';
