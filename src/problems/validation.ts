import { ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { badRequest, type ProblemEntry } from './refusal.js';

/** Checks DTOs: unknown fields are refused and nothing is converted behind the author's back. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    // The value is only asked whether it is there; it is never repeated.
    validationError: { target: true, value: true },
    exceptionFactory: (errors) => {
      const entries = entriesOf(errors);
      return badRequest(
        `The request has ${entries.length === 1 ? 'one problem' : `${entries.length} problems`}; see errors.`,
        entries,
      );
    },
  });
}

/** One entry per broken rule, with a JSON Pointer to the field. */
export function entriesOf(errors: ValidationError[], parent = ''): ProblemEntry[] {
  return errors.flatMap((error) => {
    const path = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [...ownEntries(error, path), ...entriesOf(error.children ?? [], path)];
  });
}

function ownEntries(error: ValidationError, path: string): ProblemEntry[] {
  const broken = Object.entries(error.constraints ?? {});
  const [first] = broken;
  if (first === undefined) return [];
  if (first[0] === 'whitelistValidation') {
    return [
      {
        path,
        code: 'unknown_field',
        message: `${error.property} is not a field of this request.`,
        hint: hintOf(first[0], error),
      },
    ];
  }
  // Of what is not there every rule is broken; saying so once is enough.
  if (error.value === undefined)
    return [{ path, code: 'missing', message: `${error.property} is missing.`, hint: hintOf(first[0], error) }];
  return broken.map(([rule, message]) => ({ path, code: rule, message: `${message}.`, hint: hintOf(rule, error) }));
}

function hintOf(rule: string, error: ValidationError): string {
  if (rule === 'whitelistValidation') return `Remove it. Known fields: ${fieldsOf(error.target).join(', ') || 'none'}.`;
  // The rule that knows the form may not be the one that broke first.
  const contexts: Record<string, unknown> = error.contexts ?? {};
  for (const given of [contexts[rule], ...Object.values(contexts)]) {
    if (typeof given === 'object' && given !== null && 'hint' in given && typeof given.hint === 'string') return given.hint;
  }
  return `Correct ${error.property}; GET /docs shows its form.`;
}

function fieldsOf(target: object | undefined): string[] {
  if (target === undefined) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}
