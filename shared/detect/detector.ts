import { type JsonValue, member } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import { ALIASES } from './aliases.ts';
import { OWN_SOURCE } from './finding.ts';
import {
  compileRules,
  type Fault,
  type Filter,
  type Placeholders,
  type Rule,
  type RuleLogsource,
} from './sigma/index.ts';

/** An event of the trail, as far as rules look at it. */
export interface DetectedEvent {
  readonly source: string;
  readonly event: OcsfEvent;
  readonly record: JsonValue | undefined;
  readonly raw: string;
}

/** Rules over what the trail holds: native records by their logsource, OCSF events, and our own. */
export interface Detector {
  readonly rules: readonly Rule[];
  readonly faults: readonly Fault[];
  /** The rules that an event matches: those of its logsource first, then those over OCSF. */
  detect(event: DetectedEvent): readonly Rule[];
}

export interface DetectorOptions {
  readonly filters?: readonly Filter[];
  readonly placeholders?: Placeholders;
  /** The logsource that a source declares, by the source's id. */
  readonly logsources: ReadonlyMap<string, RuleLogsource>;
}

/** What `logsource: product` says of rules that do not look at a vendor's record. */
const OCSF_PRODUCT = 'ocsf';

/**
 * Compiles rules for what each of them may see. Rules of product `ocsf` see the OCSF event of every source; those of
 * product `trailproof` see our own events, and nothing else sees those; all others see native records.
 */
export function compileDetector(rules: readonly Rule[], options: DetectorOptions): Detector {
  const { filters = [], placeholders = {} } = options;
  const { ruleSet, faults } = compileRules(rules, { filters, placeholders, aliases: ALIASES });
  const overOcsf = (product: string, event: OcsfEvent) => {
    const record = event as unknown as JsonValue;
    const found = ruleSet.match({ record, logsource: ocsfLogsource(product, event) });
    // A rule without a product is for native records.
    return found.filter((rule) => rule.logsource.product === product);
  };
  const native = ({ source, record, raw }: Pick<DetectedEvent, 'source' | 'record' | 'raw'>) =>
    record === undefined
      ? []
      : ruleSet.match({ record, raw, logsource: options.logsources.get(source) ?? {} });
  return {
    rules: ruleSet.rules,
    faults,
    detect(each) {
      if (each.source === OWN_SOURCE) {
        // A rule over findings must not find its own findings for ever.
        return isOfOwnRule(each.event as unknown as JsonValue) ? [] : overOcsf(OWN_SOURCE, each.event);
      }
      // Reading `record` parses it: not where no rule wants it.
      const isWanted = ruleSet.applies(options.logsources.get(each.source) ?? {});
      return [...(isWanted ? native(each) : []), ...overOcsf(OCSF_PRODUCT, each.event)];
    },
  };
}

/** Rules may narrow themselves to a class: `service: api_activity`, `category: application_activity`. */
function ocsfLogsource(product: string, { class_name, category_name }: OcsfEvent): RuleLogsource {
  return { product, service: word(class_name), category: word(category_name) };
}

function word(name: string | undefined): string {
  return (name ?? '').toLowerCase().replaceAll(/[^a-z\d]+/g, '_');
}

function isOfOwnRule(event: JsonValue): boolean {
  const rule = member(member(member(event, 'unmapped'), 'trailproof'), 'rule');
  return member(member(rule, 'logsource'), 'product') === OWN_SOURCE;
}
