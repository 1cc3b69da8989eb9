import type { Severity } from './alert.ts';
import { anyMatches } from './pattern.ts';

/** What routes and silences look at. Values of events are among it. */
export interface AlertFacts {
  readonly severity: Severity;
  readonly family: string;
  readonly rule: string;
  readonly title: string;
  readonly environment: string | undefined;
  readonly source: string | undefined;
  /** Account, subscription, project or organisation, by name and id. */
  readonly accounts: readonly string[];
  readonly who: string | undefined;
  readonly where: string | undefined;
}

/** What an alert has to be: of every member given, one of its values, with `*` for anything. None given is anything. */
export interface Match {
  readonly severity?: readonly Severity[] | undefined;
  readonly family?: readonly string[] | undefined;
  /** The rule's id, or its title. */
  readonly rule?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly source?: readonly string[] | undefined;
  readonly account?: readonly string[] | undefined;
  readonly who?: readonly string[] | undefined;
  readonly where?: readonly string[] | undefined;
}

/** The members of a match, in the order in which they are told. */
export const MATCH_MEMBERS = [
  'severity',
  'family',
  'rule',
  'environment',
  'source',
  'account',
  'who',
  'where',
] as const satisfies readonly (keyof Match)[];

export interface RouteRule {
  readonly match?: Match | undefined;
  readonly sinks: readonly string[];
  /** Goes on to the routes after it, too. */
  readonly continue?: boolean | undefined;
}

export interface Routing {
  /** Names of all sinks. */
  readonly sinks: readonly string[];
  /** The first that matches decides, unless it says to go on. None at all: every alert to every sink. */
  readonly routes: readonly RouteRule[];
  /** Where alerts go that no route matches; every sink where nobody said. */
  readonly fallback?: readonly string[] | undefined;
}

/** The sinks that an alert goes to, each once, in the order of the routes. */
export function sinksFor({ sinks, routes, fallback = sinks }: Routing, facts: AlertFacts): readonly string[] {
  const found = new Set<string>();
  let isRouted = false;
  for (const route of routes) {
    if (!letsThrough(route.match ?? {}, facts)) continue;
    isRouted = true;
    for (const sink of route.sinks) found.add(sink);
    if (route.continue !== true) break;
  }
  if (!isRouted) for (const sink of fallback) found.add(sink);
  return [...found];
}

/** An alert that nobody has weighed is let through wherever a severity is asked for: it could be the worst. */
function letsThrough({ severity, ...rest }: Match, facts: AlertFacts): boolean {
  return matches(facts.severity === 'unknown' ? rest : { severity, ...rest }, facts);
}

/** Whether an alert is what a match says, member by member. */
export function matches(match: Match, facts: AlertFacts): boolean {
  if (match.severity?.includes(facts.severity) === false) return false;
  const texts = textsOf(facts);
  return MATCH_MEMBERS.every((name) => {
    const patterns = name === 'severity' ? undefined : match[name];
    return patterns === undefined || anyMatches(patterns, texts[name] ?? []);
  });
}

function textsOf(facts: AlertFacts): Readonly<Partial<Record<keyof Match, readonly string[]>>> {
  const one = (text: string | undefined) => (text === undefined ? [] : [text]);
  return {
    family: [facts.family],
    rule: [facts.rule, facts.title],
    environment: one(facts.environment),
    source: one(facts.source),
    account: facts.accounts,
    who: one(facts.who),
    where: one(facts.where),
  };
}
