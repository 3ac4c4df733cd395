import type { StoredMedia } from '../world.js';
import { GraphError } from './graph-error.js';

/** Reads `multipart/form-data` with messaging_product, type and file. @throws GraphError naming the missing part */
export async function readUpload(body: Buffer, contentType: string): Promise<Omit<StoredMedia, 'id'>> {
  const form = await formOf(body, contentType);
  if (form.get('messaging_product') !== 'whatsapp')
    throw new GraphError(100, 'The parameter messaging_product is required and must be "whatsapp"');
  const file = form.get('file');
  if (file === null || typeof file === 'string') throw new GraphError(131008, 'Parameter file: is required');
  const type = form.get('type');
  return { mime: typeof type === 'string' ? type : file.type, bytes: Buffer.from(await file.arrayBuffer()), filename: file.name };
}

async function formOf(body: Buffer, contentType: string) {
  try {
    // One small upload at a time, from a test: a streaming parser would be a dependency for nothing.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new GraphError(100, 'The body is not multipart/form-data');
  }
}
