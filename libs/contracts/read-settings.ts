import { isSluiceError, SluiceError } from '#domain/errors.js';
import { parseSetting } from './setting-type.js';
import { type Program, refuseUnknownSettings, SETTINGS, type Setting, type SettingName } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

type Row = (typeof SETTINGS)[number];
type RowOf<Name extends SettingName> = Extract<Row, { readonly name: Name }>;
type ReadBy<P extends Program, R = Row> = R extends {
  readonly name: infer Name;
  readonly readBy: infer Readers;
}
  ? Readers extends readonly (infer Q)[]
    ? P extends Q
      ? Name
      : never
    : never
  : never;

/** Names of the settings that the program reads, by their rows. */
type NameReadBy<P extends Program> = Extract<ReadBy<P>, SettingName>;

type Parsed<R> = R extends { readonly type: infer T }
  ? T extends { readonly kind: 'whole' | 'duration' }
    ? number
    : T extends { readonly kind: 'switch' }
      ? boolean
      : T extends { readonly kind: 'choice'; readonly values: readonly (infer V)[] }
        ? V
        : T extends { readonly kind: 'list' }
          ? readonly (T extends { readonly values: readonly (infer V)[] } ? V : string)[]
          : string
  : string;

type Defaulted<R> = R extends { readonly type: { readonly kind: 'folder' } }
  ? false
  : R extends { readonly type: { readonly kind: 'list' } } | { readonly default: string }
    ? true
    : false;

/** What a setting is, once read: undefined only where it has no default. */
export type SettingValue<Name extends SettingName> =
  | Parsed<RowOf<Name>>
  | (Defaulted<RowOf<Name>> extends true ? never : undefined);

/**
 * Reads the settings of one program from its environment, by the rows of SETTINGS: their types, limits and defaults.
 * An empty variable counts as unset. What is wrong is gathered, and told at once by `finish`.
 */
export class SettingsReader<P extends Program> {
  private readonly wrong: string[] = [];

  /** Throws SluiceError `setting-unknown`, except for the command line: shells hold what other programs read. */
  constructor(
    program: P,
    private readonly env: Environment,
  ) {
    if (program !== 'cli') refuseUnknownSettings(env);
  }

  read<Name extends NameReadBy<P>>(name: Name): SettingValue<Name> {
    const row = rowOf(name);
    const text = this.textOf(row);
    if (text === undefined) return (row.type?.kind === 'list' ? [] : undefined) as SettingValue<Name>;
    const parsed = parseSetting(row.type, text);
    if (!parsed.ok) this.refuse(name, parsed.must);
    return (parsed.ok ? parsed.value : undefined) as SettingValue<Name>;
  }

  /** Of a setting without which the program cannot work. */
  require<Name extends NameReadBy<P>>(name: Name): NonNullable<SettingValue<Name>> {
    const row = rowOf(name);
    if (this.textOf(row) === undefined) {
      const form = row.type?.kind === 'text' ? `, as ${row.type.form}` : '';
      this.refuse(name, `must be set${form}`);
      return undefined as never;
    }
    return this.read(name) as NonNullable<SettingValue<Name>>;
  }

  /** By a parser of the program's own, which throws a SluiceError that holds no secret. An unset one is ''. */
  parse<Name extends NameReadBy<P>, T>(name: Name, parser: (text: string) => T): T {
    try {
      return parser(this.textOf(rowOf(name)) ?? '');
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      const said = error.message.startsWith(`${name} `)
        ? error.message.slice(name.length + 1)
        : error.message;
      this.refuse(
        name,
        [said.replace(/\.$/, ''), error.hint].filter((part) => part !== undefined).join('. '),
      );
      return undefined as never;
    }
  }

  /** Notes what is wrong beyond the type: `must be …`. The value itself has no place there. */
  refuse(name: NameReadBy<P>, problem: string): void {
    this.wrong.push(`${name} ${problem.replace(/\.$/, '')}`);
  }

  /** What was read. Throws SluiceError `configuration-invalid` that holds everything that is wrong. */
  finish<T>(configuration: T): T {
    if (this.wrong.length === 0) return configuration;
    throw new SluiceError({
      code: 'configuration-invalid',
      fault: 'user',
      message: `The configuration is not valid: ${this.wrong.join('; ')}.`,
      hint: 'Correct these variables of the environment and start again; docs/settings.md has all of them.',
    });
  }

  private textOf(row: Setting): string | undefined {
    const fallback = row.type?.kind === 'folder' ? undefined : row.default;
    return this.env[row.name] || fallback;
  }
}

function rowOf(name: SettingName): Setting {
  const row = SETTINGS.find((known) => known.name === name);
  if (row === undefined) throw new Error(`no row of settings is named ${name}`);
  return row;
}
