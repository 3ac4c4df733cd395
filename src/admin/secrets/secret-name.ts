import { Injectable, type PipeTransform } from '@nestjs/common';
import { badRequest } from '../../problems/refusal.js';

const FORM = /^[a-z][a-z0-9_-]{0,62}$/;

/** For names of secrets in addresses. What is refused is not repeated: somebody may have pasted the secret itself. */
@Injectable()
export class ASecretName implements PipeTransform<string, string> {
  transform(name: string): string {
    if (FORM.test(name)) return name;
    throw badRequest(
      'The name of the secret in the address has another form. Use up to 63 small letters, digits, "-" and "_", starting with a letter.',
    );
  }
}
