import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Emulation } from '../emulation.js';
import { GraphError } from './graph-error.js';

/** A download address is good for five minutes. */
const URL_LIFE_MS = 5 * 60 * 1000;

/** Media in two steps, both with the token: the description with an address, then the bytes. */
export function mediaRoutes(app: FastifyInstance, emulation: Emulation): void {
  app.get<{ Params: { version: string; id: string } }>('/:version/:id', (request) => {
    requireToken(emulation, request);
    const media = emulation.world.media.get(request.params.id);
    if (media === undefined)
      throw new GraphError(100, `Object with ID '${request.params.id}' does not exist`, { status: 404, subcode: 33 });
    return {
      messaging_product: 'whatsapp',
      url: `${request.protocol}://${request.host}/attachments/${media.id}?expires=${emulation.clock.now().getTime() + URL_LIFE_MS}`,
      mime_type: media.mime,
      sha256: createHash('sha256').update(media.bytes).digest('hex'),
      file_size: media.bytes.length,
      id: media.id,
    };
  });

  app.get<{ Params: { id: string }; Querystring: { expires?: string } }>('/attachments/:id', (request, reply) => {
    requireToken(emulation, request);
    const media = emulation.world.media.get(request.params.id);
    const expired = Number(request.query.expires ?? 0) < emulation.clock.now().getTime();
    if (media === undefined || expired) return reply.status(404).send();
    return reply.type(media.mime).send(media.bytes);
  });
}

function requireToken({ world }: Emulation, request: FastifyRequest): void {
  const known = [...world.numbers.values()].some(({ accessToken }) => request.headers.authorization === `Bearer ${accessToken}`);
  if (!known) throw new GraphError(190, 'The access token could not be decrypted');
}
