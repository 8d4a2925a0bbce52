import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, problemError } from './problem.js';

const MAX_ERRORS = 100;

/** Checks bodies and queries by their classes; what a class does not know is refused. */
export function createValidationPipe(): ValidationPipe {
  return new KeepingPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors: ValidationError[]) => {
      const fields = errors.flatMap((error) => toFieldErrors(error, '')).slice(0, MAX_ERRORS);
      const message = `The request is not valid: ${fields.map((field) => `${field.path} ${field.message}`).join('; ')}.`;
      return problemError('request-invalid', message.slice(0, 1_000), { errors: fields });
    },
  });
}

/** Keeps keys such as `prototype`, which an input may have: the dangerous ones were refused before. */
class KeepingPipe extends ValidationPipe {
  protected override stripProtoKeys(): void {}
}

function toFieldErrors(error: ValidationError, parent: string): FieldError[] {
  const path = `${parent}${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, text]) => ({
    path,
    message: constraint === 'whitelistValidation' ? 'is unknown' : text.replace(`${error.property} `, ''),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => toFieldErrors(child, `${path}.`))];
}
