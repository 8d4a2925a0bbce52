import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { JsonObject } from '#domain/json.js';

/** Checks inputs of one action against its schema; what was a template at save is known only now. */
export function createInputCheck(description: ActionDescription): (input: JsonObject) => void {
  const validate = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(
    description.input,
  );
  return (input) => {
    if (validate(input)) return;
    throw createActionFailure({
      code: 'action-input-invalid',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `Input of ${description.name} does not fit: ${(validate.errors ?? []).slice(0, 5).map(describe).join('; ')}.`,
      hint: 'Look at the values that the expressions in `with` gave.',
    });
  };
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` "${params['additionalProperty']}"` : '';
  return `with${instancePath.replaceAll('/', '.')} ${message ?? 'is wrong'}${extra}`;
}
