import { Socket } from 'node:net';

/**
 * Loaded before a program (`node --import .../poison.mjs?order=5511970000001`): the call for this order kills the process
 * that makes it, as a step that runs out of memory would. It is recognised by its body, as it leaves the process.
 */
const order = new URL(import.meta.url).searchParams.get('order');
const write = Socket.prototype.write;

Socket.prototype.write = function writeUnlessPoisoned(chunk, ...more) {
  const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
  if (text.startsWith('{"order":') && text.includes(order)) process.kill(process.pid, 'SIGKILL');
  return write.call(this, chunk, ...more);
};
