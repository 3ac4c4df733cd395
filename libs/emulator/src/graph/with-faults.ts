import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Emulation } from '../emulation.js';
import { GraphError } from './graph-error.js';

/** Takes a message, unless a fault strikes before or after it: then there is an error, or no answer at all. */
export async function withFaults(
  { faults }: Emulation,
  account: string,
  reply: FastifyReply,
  accept: () => unknown,
): Promise<unknown> {
  const delay = faults.strike('delay', account);
  if (delay) await pause(delay.delayMs ?? 1_000);
  if (faults.strike('drop_before_accept', account)) return hangUp(reply);
  const error = faults.strike('error', account);
  if (error) throw new GraphError(error.code ?? 131000, 'Injected by a fault of the emulator');
  const answer = accept();
  return faults.strike('accept_then_drop', account) ? hangUp(reply) : answer;
}

/** Breaks the connection with a reset and without an answer. */
function hangUp(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
  return reply;
}
