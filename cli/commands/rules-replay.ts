import { plural } from '../../functions/local/plural.ts';
import { MemoryTable } from '../../shared/adapters/memory/table.ts';
import type { RuleBook } from '../../shared/detect/rule-book.ts';
import { settingsOf } from '../../shared/detect/settings.ts';
import { type RuleHeader, referenceOf } from '../../shared/detect/sigma/index.ts';
import { inert } from '../../shared/inert.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { type Replay, type ReplayGroup, replay } from '../../shared/stages/replay.ts';
import { type Call, type ExitStatus, UsageError } from '../command.ts';
import { commandOn, writeHint } from '../command-on.ts';
import { findRules } from '../find-rules.ts';
import { formatTime, UID_SHOWN } from '../show-event.ts';
import { formatCount, makeProgress } from '../ui/progress.ts';
import { renderTable } from '../ui/table.ts';
import { readTime } from '../values.ts';
import { withTrail } from '../with-trail.ts';

const DAY_MS = 86_400_000;
const GROUPS_SHOWN = 10;
const ALERTS_SHOWN = 5;

/** `rules replay RULE`: what a rule would have found, and whom it would have told. */
export async function replayRules(call: Call, given: readonly string[]): Promise<ExitStatus> {
  const [wanted, ...rest] = given;
  if (wanted === undefined || rest.length > 0) {
    throw new UsageError('rules replay takes one RULE: an id, a name, a title, a folder or a path.');
  }
  const nowMs = call.terminal.now().getTime();
  const sinceMs = readTime(call, 'since', nowMs);
  const untilMs = readTime(call, 'until', nowMs);
  const { book, rules, faults } = await findRules(call, wanted);
  const { out, err, errStyle } = call.terminal;
  for (const { file, line, column, message } of faults) {
    err.write(`${errStyle.yellow('not at work')} ${file}:${line}:${column}: ${inert(message)}\n`);
  }
  const atWork = rules.filter((rule) => isAtWork(book, rule));
  if (atWork.length === 0) return 1;
  return withTrail<ExitStatus>(call, async (trail) => {
    const total = await trailSize(trail.ports);
    const now = () => call.terminal.now().getTime();
    const progress = makeProgress({ stream: err, label: 'replay', total, unit: 'entries', now });
    const result = await replay(trail.ports, {
      rules: book,
      targets: new Set(atWork.map(referenceOf)),
      sinceMs,
      untilMs,
      places: call.settings.alerts.places,
      scratch: new MemoryTable(),
      onProgress: (entries) => progress.update(entries),
    });
    progress.finish();
    const span = spanOf(result, sinceMs, untilMs, nowMs);
    if (call.output === 'json' || call.output === 'ndjson') {
      out.write(
        `${JSON.stringify(jsonOf(result, atWork, span), null, call.output === 'json' ? 2 : undefined)}\n`,
      );
    } else {
      write(call, result, atWork, span);
    }
    return faults.length > 0 ? 1 : 0;
  });
}

function isAtWork({ detector, remembering }: RuleBook, rule: RuleHeader): boolean {
  return remembering.includes(rule) || detector.rules.some((each) => each === rule);
}

/**
 * From the first to the last moment that was asked about, or that there are events of: a trail of a fortnight says
 * nothing of the year before it.
 */
function spanOf(
  { firstMs, lastMs, earliestMs }: Replay,
  sinceMs: number | undefined,
  untilMs: number | undefined,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number; readonly days: number } {
  const fromMs = sinceMs === undefined ? (firstMs ?? nowMs) : Math.max(sinceMs, earliestMs ?? sinceMs);
  const toMs = untilMs ?? (sinceMs === undefined ? (lastMs ?? nowMs) : nowMs);
  return { fromMs, toMs, days: Math.max(0, toMs - fromMs) / DAY_MS };
}

type Span = ReturnType<typeof spanOf>;

function perWeek(count: number, { days }: Span): number {
  // Less than a day is no measure of a week.
  return Math.round((count * 7 * 10) / Math.max(1, days)) / 10;
}

function write(call: Call, result: Replay, rules: readonly RuleHeader[], span: Span): void {
  const { out, style, width } = call.terminal;
  const staged = rules.filter((rule) => settingsOf(rule).stage === 'staged').length;
  const told = result.alerts.filter(({ fate }) => fate !== 'digest').length;
  const atLeast = result.isAtLeast ? 'at least ' : '';
  const names = rules.length === 1 ? `"${inert(rules[0]?.title ?? '')}"` : plural(rules.length, 'rule');
  out.write(
    `${style.bold(names)} over ${plural(result.events, 'event')} of ${span.days.toFixed(1)} days (${formatTime(span.fromMs)} to ${formatTime(span.toMs)} UTC)\n\n`,
  );
  const fact = (title: string, text: string) => out.write(`  ${style.dim(title.padEnd(16))} ${text}\n`);
  fact(
    'fires',
    `${formatCount(result.fires)}${result.learning === 0 ? '' : `, ${formatCount(result.learning)} of them while learning`}`,
  );
  fact('groups', formatCount(result.groupCount));
  fact(
    'alerts',
    `${atLeast}${formatCount(told)}${staged === 0 ? '' : ' if it were live: it is staged, and tells nobody'}`,
  );
  fact('alerts per week', `${atLeast}${perWeek(told, span)}`);
  const digests = result.alerts.length - told;
  if (digests > 0) fact('over its budget', plural(digests, 'alert'));
  if (result.groups.length === 0) return;
  out.write('\n');
  out.write(renderTable(GROUP_COLUMNS, result.groups.slice(0, GROUPS_SHOWN), { width, heading: style.dim }));
  if (result.groupCount > GROUPS_SHOWN)
    out.write(`and ${plural(result.groupCount - GROUPS_SHOWN, 'more group')}\n`);
  const [first] = result.groups;
  if (first !== undefined) {
    const wanted = commandOn(call, `rules explain '${first.rule}' ${first.first.uid.slice(0, UID_SHOWN)}`);
    writeHint(call, `\nTo see why: ${wanted}`);
  }
}

const GROUP_COLUMNS = [
  { title: 'fires', value: ({ fires }: ReplayGroup) => formatCount(fires), align: 'right' as const },
  { title: 'group', value: groupText, min: 16 },
  { title: 'first (UTC)', value: ({ first }: ReplayGroup) => formatTime(first.timeMs) },
  { title: 'event', value: ({ first }: ReplayGroup) => first.uid.slice(0, UID_SHOWN) },
  { title: 'sample', value: ({ first }: ReplayGroup) => inert(first.message), min: 20, keep: 1 },
];

function groupText({ values }: ReplayGroup): string {
  const texts = values.flatMap((each) => each.values);
  return texts.length === 0 ? 'all together' : inert(texts.join(', '));
}

/** The stable shape, documented in docs/cli.md. */
function jsonOf(result: Replay, rules: readonly RuleHeader[], span: Span): object {
  const told = result.alerts.filter(({ fate }) => fate !== 'digest');
  return {
    rules: rules.map((rule) => ({ id: referenceOf(rule), title: rule.title, stage: settingsOf(rule).stage })),
    since: new Date(span.fromMs).toISOString(),
    until: new Date(span.toMs).toISOString(),
    events: result.events,
    fires: result.fires,
    learning: result.learning,
    updates: result.updates,
    groups: result.groupCount,
    alerts: told.length,
    digests: result.alerts.length - told.length,
    isAtLeast: result.isAtLeast,
    alertsPerWeek: perWeek(told.length, span),
    top: result.groups.map(({ rule, values, fires, first }) => ({
      rule,
      group: values,
      fires,
      sample: { uid: first.uid, time: new Date(first.timeMs).toISOString(), message: first.message },
    })),
    samples: told.slice(0, ALERTS_SHOWN).map((alert) => ({
      title: alert.title,
      severity: alert.severity,
      who: alert.who ?? null,
      where: alert.where ?? null,
      count: alert.count,
      first: new Date(alert.firstTime).toISOString(),
      events: alert.findings.map(({ event }) => event.uid),
    })),
  };
}
