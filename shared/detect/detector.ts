import { type JsonValue, member } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import { ALIASES } from './aliases.ts';
import { OWN_SOURCE } from './finding.ts';
import {
  compileRules,
  type Fault,
  type Filter,
  type Placeholders,
  type Route,
  type Rule,
  type RuleLogsource,
  type RuleSet,
  type SigmaEvent,
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
  /** Regular expressions that are known to compile, as the rules' contents name them. */
  readonly soundPatterns?: ReadonlySet<string>;
  /** The logsource that a source declares, by the source's id. */
  readonly logsources: ReadonlyMap<string, RuleLogsource>;
}

/** What `logsource: product` says of rules that do not look at a vendor's record. */
const OCSF_PRODUCT = 'ocsf';

/** Names of classes and categories that are remembered; OCSF has fewer. */
const ROUTE_COUNT_MAX = 1_000;

/**
 * Compiles rules for what each of them may see. Rules of product `ocsf` see the OCSF event of every source; those of
 * product `trailproof` see our own events, and nothing else sees those; all others see native records.
 */
export function compileDetector(rules: readonly Rule[], options: DetectorOptions): Detector {
  const { filters = [], placeholders = {}, soundPatterns = new Set() } = options;
  const { ruleSet, faults } = compileRules(rules, { filters, placeholders, soundPatterns, aliases: ALIASES });
  const natives = new Map<string, Route>();
  const nativeRoute = (source: string): Route => {
    const known = natives.get(source);
    if (known !== undefined) return known;
    const route = ruleSet.route(options.logsources.get(source) ?? {});
    // Sources are ours to name: there are few.
    natives.set(source, route);
    return route;
  };
  const overOcsf = ocsfMatcher(ruleSet, OCSF_PRODUCT);
  const overOwn = ocsfMatcher(ruleSet, OWN_SOURCE);
  return {
    rules: ruleSet.rules,
    faults,
    detect(each) {
      if (each.source === OWN_SOURCE) {
        // A rule over findings must not find its own findings for ever.
        return isOfOwnRule(each.event as unknown as JsonValue) ? [] : overOwn(each.event);
      }
      const route = nativeRoute(each.source);
      // Reading `record` parses it: not where no rule wants it.
      const record = route.rules.length === 0 ? undefined : each.record;
      const native = record === undefined ? [] : route.match(record, each.raw);
      const ocsf = overOcsf(each.event);
      return ocsf.length === 0 ? native : [...native, ...ocsf];
    },
  };
}

/** Matches OCSF events against the rules of that product. Rules without a product are for native records. */
function ocsfMatcher(ruleSet: RuleSet, product: string): (event: OcsfEvent) => readonly Rule[] {
  if (!ruleSet.rules.some((rule) => rule.logsource.product === product)) return () => [];
  const routes = new Map<string, Route>();
  return (event) => {
    const key = `${event.class_name}\n${event.category_name}`;
    const known = routes.get(key);
    const route = known ?? ruleSet.route(ocsfLogsource(product, event));
    if (known === undefined && routes.size < ROUTE_COUNT_MAX) routes.set(key, route);
    if (!route.rules.some((rule) => rule.logsource.product === product)) return [];
    const found = route.match(event as unknown as JsonValue, undefined);
    return found.filter((rule) => rule.logsource.product === product);
  };
}

/**
 * What of an event a rule looks at, as `compileDetector` has it: undefined where it is not shown to the rule at all,
 * whatever the logsource of its record.
 */
export function shownTo(
  rule: Rule,
  { source, event, record, raw }: DetectedEvent,
  logsources: DetectorOptions['logsources'],
): SigmaEvent | undefined {
  const { product } = rule.logsource;
  const isOwn = source === OWN_SOURCE;
  if (product === OWN_SOURCE || product === OCSF_PRODUCT) {
    const value = event as unknown as JsonValue;
    if (isOwn !== (product === OWN_SOURCE) || (isOwn && isOfOwnRule(value))) return undefined;
    return { record: value, logsource: ocsfLogsource(product, event) };
  }
  return isOwn || record === undefined ? undefined : { record, raw, logsource: logsources.get(source) ?? {} };
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
