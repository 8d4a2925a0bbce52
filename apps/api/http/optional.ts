import { ValidateIf } from 'class-validator';

/**
 * May be absent. `null` is no absence and is refused as any other wrong value is; to class-validator's own `IsOptional`,
 * which nothing here uses, it is one.
 */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** May be absent, or `null`: none. Of properties that are described as `nullable`. */
export function OptionalOrNull(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined && value !== null);
}
