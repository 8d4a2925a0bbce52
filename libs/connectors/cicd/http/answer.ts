import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

/**
 * An object of a platform's answer, read field by field. Null counts as absent. What a platform promises and does not keep
 * throws SluiceError `platform-answer-invalid`, which names the place.
 */
export class Answer {
  private readonly fields: Readonly<Record<string, unknown>>;

  /** @param place what people are told of it: `the run` */
  constructor(
    value: unknown,
    private readonly place: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.misfit('', 'an object');
    this.fields = value as Record<string, unknown>;
  }

  text(name: string): string {
    return this.findText(name) ?? this.refuse(name, 'a text');
  }

  /** An id, which some give as a number. */
  id(name: string): string {
    const value = this.find(name);
    return typeof value === 'number' ? String(value) : this.text(name);
  }

  number(name: string): number {
    return this.findNumber(name) ?? this.refuse(name, 'a number');
  }

  object(name: string): Answer {
    return this.findObject(name) ?? this.refuse(name, 'an object');
  }

  list(name: string): readonly Answer[] {
    return readList(this.find(name), `${this.place}.${name}`);
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  findText(name: string): string | undefined {
    const value = this.find(name);
    return value === undefined || typeof value === 'string' ? value : this.refuse(name, 'a text');
  }

  findNumber(name: string): number | undefined {
    const value = this.find(name);
    return value === undefined || typeof value === 'number' ? value : this.refuse(name, 'a number');
  }

  findBoolean(name: string): boolean | undefined {
    const value = this.find(name);
    return value === undefined || typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  findObject(name: string): Answer | undefined {
    const value = this.find(name);
    return value === undefined ? undefined : new Answer(value, `${this.place}.${name}`);
  }

  /** An empty list where there is none. */
  findList(name: string): readonly Answer[] {
    return this.has(name) ? this.list(name) : [];
  }

  /** A moment of RFC 3339, in milliseconds since the epoch; what is no moment is absent. */
  findMoment(name: string): number | undefined {
    const ms = Date.parse(this.findText(name) ?? '');
    return Number.isNaN(ms) ? undefined : ms;
  }

  /** As it came. */
  find(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? (this.fields[name] ?? undefined) : undefined;
  }

  private refuse(name: string, kind: string): never {
    throw this.misfit(`.${name}`, kind);
  }

  private misfit(name: string, kind: string): SluiceError {
    return createMisfit(`${this.place}${name}`, kind);
  }
}

/** Throws SluiceError `platform-answer-invalid`. */
export function readList(value: unknown, place: string): readonly Answer[] {
  if (!Array.isArray(value)) throw createMisfit(place, 'a list');
  return value.map((item, index) => new Answer(item, `${place}[${index}]`));
}

export function createMisfit(place: string, kind: string): SluiceError {
  return createActionFailure({
    code: 'platform-answer-invalid',
    fault: 'operational',
    class: 'dependency',
    retryable: true,
    message: `The platform's answer does not fit its description: ${place} is not ${kind}.`,
    hint: 'Check the base URL of the integration, and that nothing between here and the platform answers in its place.',
  });
}
