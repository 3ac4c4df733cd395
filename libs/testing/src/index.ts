export { channelContract, type ChannelContract } from './channel-contract.js';
export * from './database/index.js';
export { doorbellContract, type DoorbellServer } from './doorbell-contract.js';
export { hasRedis, startRedis, type TestRedis } from './redis.js';
