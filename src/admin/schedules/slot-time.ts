import { Injectable, type PipeTransform } from '@nestjs/common';
import { badRequest } from '../../problems/refusal.js';

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;

/** For slots in addresses: an instant in UTC. */
@Injectable()
export class ASlotTime implements PipeTransform<string, string> {
  transform(slot: string): string {
    const time = FORM.test(slot) ? Date.parse(slot) : NaN;
    if (!Number.isNaN(time)) return new Date(time).toISOString();
    throw badRequest(
      'The slot in the address has another form. Write the instant in UTC as the list does, such as 2026-03-02T14:00:00.000Z.',
    );
  }
}
