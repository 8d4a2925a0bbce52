interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Rows of the table of an action's inputs, in Markdown: name, type, default, meaning; members of a map below it. */
export function describeInputs(schema: Schema, prefix = ''): string[][] {
  return membersOf(schema, prefix).flatMap(({ name, member, required }) => [
    [`\`${name}\``, typeOf(member), required ? 'required' : defaultOf(member), member.description ?? ''],
    ...describeInputs(member, `${name}.`),
  ]);
}

/** Rows of the table of its outputs, alike: name, type, meaning. */
export function describeOutputs(schema: Schema, prefix = ''): string[][] {
  return membersOf(schema, prefix).flatMap(({ name, member, required }) => [
    [`\`${name}\``, typeOf(member) + (required ? '' : ', may be absent'), member.description ?? ''],
    ...describeOutputs(member.items ?? member, member.items === undefined ? `${name}.` : `${name}[].`),
  ]);
}

function membersOf(schema: Schema, prefix: string) {
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name: prefix + name,
    member,
    required: schema.required?.includes(name) === true,
  }));
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${rangeOf(schema)}`;
    case 'array':
      return `list of ${pluralOf(schema.items ?? {})}`;
    case 'object':
      return schema.additionalProperties ? `map of ${pluralOf(schema.additionalProperties)}` : 'map';
    default:
      return schema.type ?? 'any value';
  }
}

function pluralOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(pluralOf).join(' or ');
  return typeOf(schema).replace(/^(text|number|whole number|map)\b/, '$1s');
}

function rangeOf({ minimum, maximum }: Schema): string {
  if (maximum !== undefined) return ` from ${minimum ?? 0} to ${maximum}`;
  return minimum === undefined ? '' : ` from ${minimum}`;
}
