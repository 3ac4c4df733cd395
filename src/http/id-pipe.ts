import { Injectable, type PipeTransform } from '@nestjs/common';
import { badRequest } from '../problems/refusal.js';

/** The form of the ids that we give out. Some are derived from other names, so they carry no version of a UUID. */
export const ID_FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** For ids in addresses: refuses what cannot be one before the database is asked. */
@Injectable()
export class AnId implements PipeTransform<string, string> {
  transform(id: string): string {
    if (ID_FORM.test(id)) return id;
    throw badRequest(
      'An id in the address has another form than an id. Copy it from a list, or from the answer that created the thing.',
    );
  }
}
