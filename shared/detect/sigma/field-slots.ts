import type { ItemContext } from './compiled-item.ts';
import type { FieldNames } from './event-view.ts';
import { fieldPath } from './field.ts';
import type { Placeholders } from './placeholder.ts';
import type { RuleLogsource } from './rule.ts';

/** Other names of fields, for rules of a logsource: the public rules and the transports spell some in several ways. */
export interface FieldAliases {
  readonly logsource: RuleLogsource;
  /** From the name in rules to the names tried after it, in this order. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

interface Options {
  readonly placeholders?: Placeholders;
  readonly soundPatterns?: ReadonlySet<string>;
  readonly aliases?: readonly FieldAliases[];
}

const NO_PATTERNS: ReadonlySet<string> = new Set();

/** Numbers the fields of a rule set: a field is its name and the aliases that it has for a logsource. */
export class FieldSlots {
  readonly fields: FieldNames[] = [];
  readonly #slots = new Map<string, number>();
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  context(logsource: RuleLogsource): ItemContext {
    const { placeholders = {}, aliases = [], soundPatterns = NO_PATTERNS } = this.#options;
    return {
      placeholders,
      soundPatterns,
      slotOf: (field) => this.#slotOf([field, ...aliasesOf(field, logsource, aliases)]),
    };
  }

  #slotOf(names: readonly string[]): number {
    const key = JSON.stringify(names);
    const slot = this.#slots.get(key) ?? this.fields.length;
    this.#slots.set(key, slot);
    this.fields[slot] ??= names.map(fieldPath) as unknown as FieldNames;
    return slot;
  }
}

/** An alias table is for a rule unless the two name different logsources. */
function aliasesOf(
  field: string,
  logsource: RuleLogsource,
  tables: readonly FieldAliases[],
): readonly string[] {
  return tables.flatMap((table) => {
    const applies = (['product', 'service', 'category'] as const).every(
      (key) => table.logsource[key] === undefined || table.logsource[key] === logsource[key],
    );
    return applies && Object.hasOwn(table.fields, field) ? (table.fields[field] ?? []) : [];
  });
}
