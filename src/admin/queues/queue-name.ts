import { Injectable, type PipeTransform } from '@nestjs/common';
import { badRequest } from '../../problems/refusal.js';

const FORM = /^[a-z][a-z0-9_-]{0,62}$/;

/** For names of queues in addresses. */
@Injectable()
export class AQueueName implements PipeTransform<string, string> {
  transform(name: string): string {
    if (FORM.test(name)) return name;
    throw badRequest(
      'The name of the queue in the address has another form. Use up to 63 small letters, digits, "-" and "_", starting with a letter.',
    );
  }
}
