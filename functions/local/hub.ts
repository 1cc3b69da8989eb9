import { fileURLToPath } from 'node:url';
import { withContents } from '../../shared/adapters/local/rule-cache.ts';
import { type RuleListing, readRules } from '../../shared/adapters/local/rules.ts';
import { compileDetector } from '../../shared/detect/detector.ts';
import { openRuleBook, type RuleBook } from '../../shared/detect/rule-book.ts';
import type { Table } from '../../shared/ports.ts';
import { sources } from '../../shared/sources/index.ts';
import { createReader, type Reader } from '../../shared/sources/read.ts';
import { alertFold, type ListedAlert, listAlerts } from '../../shared/stages/alert.ts';
import { knownSinks } from '../../shared/stages/alert-sinks.ts';
import { appendNow, enqueue, sequence } from '../../shared/stages/append.ts';
import { columnsFold } from '../../shared/stages/columns.ts';
import { deploymentFold } from '../../shared/stages/deployment.ts';
import { type DetectFold, detectFold } from '../../shared/stages/detect.ts';
import type { Fold, FoldedEvent } from '../../shared/stages/fold.ts';
import { runFolds, type WarmStart, warmFolds } from '../../shared/stages/fold-runner.ts';
import { readFoldedEvent } from '../../shared/stages/folded-event.ts';
import { indexFold } from '../../shared/stages/index.ts';
import { announceSinks } from '../../shared/stages/sinks.ts';
import { sourceCountsFold } from '../../shared/stages/source-counts.ts';
import { sweep } from '../../shared/stages/sweep.ts';
import { watermarkEntry } from '../../shared/stages/watermark-entry.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import type { Alarm } from '../../shared/trail/sequence/alarm.ts';
import { type AlertSettings, NO_ALERT_SETTINGS } from './alert-settings.ts';
import { type LocalTrail, openTrail } from './compose.ts';
import { linksTo } from './links.ts';
import { userName } from './user-name.ts';

/** The whole pipeline on one machine: reading, the sequencer, and the folds. */
export interface Hub {
  readonly trail: LocalTrail;
  readonly reader: Reader;
  readonly rules: RuleBook;
  /**
   * Shows rules that remember, and are new or changed, what the trail holds; it finds nothing there. Whatever comes
   * first after opening does it where this did not; telling how far it is takes this. Not told where nothing is new.
   */
  warmUp(onProgress: (progress: WarmStart) => void): Promise<void>;
  /** Leaves entries to be appended, and commits once enough of them wait. Returns the batch's id. */
  append(entries: readonly PendingEntry[]): Promise<string>;
  /** Commits entries that can be read again if this fails, and lets the folds see them. Returns the batch's id. */
  take(entries: readonly PendingEntry[]): Promise<string>;
  /** Commits what waits and brings every fold up to it, until nothing is left to do. */
  settle(): Promise<Settled>;
  close(): void;
}

/** What the folds made since the last time. */
export interface Settled {
  readonly findings: number;
  /** As they stand now, with all that joined them meanwhile. */
  readonly alerts: readonly ListedAlert[];
}

export interface HubOptions {
  readonly folder: string;
  readonly now: () => Date;
  readonly settings: {
    readonly origin?: string;
    readonly rules: readonly string[];
    readonly alerts?: AlertSettings;
  };
  /** It sends alerts, or will not: what the settings say of sinks, or do not say, holds from now on. */
  readonly decidesSinks?: boolean;
}

/** The sequencer has stopped, and signs nothing until a person has looked. */
export class HubStopped extends Error {
  override readonly name = 'HubStopped';
  readonly alarms: readonly Alarm[];

  constructor(alarms: readonly Alarm[]) {
    const last = alarms.at(-1);
    super(
      `The trail is not as it should be (${last?.code ?? 'unknown'}): ${last?.message ?? ''}. Nothing was signed since. ` +
        'Run "trailproof verify" to see what was changed, or "trailproof rebuild" if the table was lost or restored.',
    );
    this.alarms = alarms;
  }
}

/** Our own rules, beside whatever the user adds. */
export const OWN_RULES = fileURLToPath(new URL('../../rules', import.meta.url));

const LOGSOURCES = new Map(sources.map(({ id, logsource }) => [id, logsource]));

/** A commit gathers so many entries: its cost is fixed, and the memory it needs is not. */
const COMMIT_COUNT = 1_000;
const COMMIT_BOUNDS = { countMax: 2_000, sizeBytesMax: 8 * 1024 * 1024 };
/** On the way through a file, what folds remember is made durable only after many entries. */
const ON_THE_WAY = { countMax: 20_000, bytesPerEntry: 512, smallBytes: 0 };
/** And the folds follow after so many, so that a long ingest raises its alerts on the way. */
const FOLD_COUNT = 20_000;
/** Nothing must have come for so long before time passes without it. */
const QUIET_MS = 60_000;
/** What crashes left is days old before it may be cleared up. */
const SWEEP_MS = 24 * 3_600_000;

export async function openHub(options: HubOptions): Promise<Hub> {
  const { folder, now, settings } = options;
  const rules = await loadRules(settings.rules);
  const trail = await openTrail({
    folder,
    now,
    ...(settings.origin === undefined ? {} : { origin: settings.origin }),
  });
  const { ports } = trail;
  const reader = createReader({ sources, random: ports.random, salt: trail.keys.redactionSalt });
  let waiting = 0;
  let unfolded = 0;
  let findings = 0;
  let reported = 0;
  let sweptMs = 0;
  let takenMs = now().getTime();
  const alertSettings = settings.alerts ?? NO_ALERT_SETTINGS;
  const names = Object.keys(alertSettings.sinks);
  const decides = options.decidesSinks === true || names.length > 0;
  // A command without the settings of the hub would keep alerts that go nowhere: they wait for whoever has them.
  const isElsewhere = !decides && (await knownSinks(ports.table)).length > 0;
  const opened: ListedAlert[] = [];
  const { detect, folds } = foldsOver(
    { trail, rules, settings: alertSettings, isElsewhere },
    {
      found: async (entries) => {
        findings += entries.length;
        await enqueue(ports, entries);
      },
      opened: (alert) => opened.push(alert),
    },
  );

  async function commit(): Promise<void> {
    waiting = 0;
    if ((await sequence(ports, COMMIT_BOUNDS)) === 'stopped') throw new HubStopped(trail.alarms);
  }

  async function catchUp(): Promise<void> {
    let made: number;
    do {
      made = findings;
      await commit();
      await runFolds(ports, folds);
    } while (findings > made);
    unfolded = 0;
  }

  /** What waits for the watermark waits for us while all sources are silent. */
  async function passTime(nowMs: number): Promise<void> {
    const watermarkMs = nowMs - takenMs < QUIET_MS ? undefined : detect.waitsForMs(nowMs - QUIET_MS);
    if (watermarkMs === undefined) return;
    await enqueue(ports, [watermarkEntry(watermarkMs)]);
    await catchUp();
  }

  async function settle(): Promise<Settled> {
    const nowMs = now().getTime();
    if (nowMs - sweptMs >= SWEEP_MS) {
      sweptMs = nowMs;
      await sweep(ports);
    }
    await catchUp();
    await passTime(nowMs);
    const settled = { findings: findings - reported, alerts: await current(ports.table, opened.splice(0)) };
    reported = findings;
    return settled;
  }

  // Appended before anything that is taken in: from here on alerts go to them.
  const who = { by: userName(), via: 'settings' };
  if (decides && (await announceSinks(ports, names, who)) === 'announced') await commit();

  return {
    trail,
    reader,
    rules,
    warmUp: (onProgress) => warmFolds(ports, folds, onProgress),
    settle,
    async append(entries) {
      takenMs = now().getTime();
      const id = await enqueue(ports, entries);
      waiting += entries.length;
      unfolded += entries.length;
      if (unfolded >= FOLD_COUNT) await catchUp();
      else if (waiting >= COMMIT_COUNT) await commit();
      return id;
    },
    async take(entries) {
      takenMs = now().getTime();
      const { id, outcome } = await appendNow(ports, entries, COMMIT_BOUNDS);
      if (outcome === 'stopped') throw new HubStopped(trail.alarms);
      waiting = 0;
      // While they are still in memory.
      await runFolds(ports, folds, ON_THE_WAY);
      return id;
    },
    close: () => trail.close(),
  };
}

/** Index and counts, detection, which puts what it found back onto the trail, and alerts over what was found. */
function foldsOver(
  {
    trail: { ports },
    rules,
    settings,
    isElsewhere,
  }: {
    readonly trail: LocalTrail;
    readonly rules: RuleBook;
    readonly settings: AlertSettings;
    /** Alerts are kept by another process, which has the settings for them. */
    readonly isElsewhere: boolean;
  },
  heard: {
    readonly found: (findings: readonly PendingEntry[]) => Promise<void>;
    readonly opened: (alert: ListedAlert) => void;
  },
): { readonly detect: DetectFold; readonly folds: readonly Fold[] } {
  const detect = detectFold({
    ...rules,
    eventAt: (index) => readFoldedEvent(ports, index),
    nonce: () => Buffer.from(ports.random(16)).toString('hex'),
    enqueue: heard.found,
  });
  const folds = [
    indexFold(ports),
    sourceCountsFold(ports),
    columnsFold(ports),
    detect,
    ...(isElsewhere ? [] : alertFolds(ports.table, { rules, settings, opened: heard.opened })),
  ];
  return { detect, folds };
}

function alertFolds(
  table: Table,
  {
    rules,
    settings,
    opened,
  }: {
    readonly rules: RuleBook;
    readonly settings: AlertSettings;
    readonly opened: (alert: ListedAlert) => void;
  },
): readonly Fold[] {
  const names = Object.keys(settings.sinks);
  return [
    alertFold({
      table,
      places: settings.places,
      routing: { sinks: names, routes: settings.routes },
      changed: (alert, change) => {
        if (change === 'opened') opened(alert);
      },
    }),
    // After alerts, which know the sinks.
    deploymentFold({
      table,
      places: settings.places,
      sinks: names,
      isDeployment: deploymentMatcher(rules),
      links: (uid) => linksTo(settings.linkBase, uid),
    }),
  ];
}

/** Rules of this name say what a deployment to production is: baselines observe them, and sinks are told of it. */
const DEPLOYMENT = /^production-deployment(-|$)/;

function deploymentMatcher({ detector, filters }: RuleBook): (event: FoldedEvent) => boolean {
  const named = detector.rules.filter(({ name }) => DEPLOYMENT.test(name ?? ''));
  const own = compileDetector(named, { filters, logsources: LOGSOURCES });
  return (event) => named.length > 0 && own.detect(event).length > 0;
}

/** Alerts as they stand, in the order in which they were opened. */
async function current(table: Table, opened: readonly ListedAlert[]): Promise<readonly ListedAlert[]> {
  // Digests are listed among them.
  const now = new Map((await listAlerts(table, opened.length * 2)).map((alert) => [alert.uid, alert]));
  return opened.map((alert) => now.get(alert.uid) ?? alert);
}

export async function loadRules(more: readonly string[]): Promise<RuleBook> {
  return (await openRules([OWN_RULES, ...more])).book;
}

/** The rules of some folders, as they lie there and at work. */
export async function openRules(
  paths: readonly string[],
): Promise<{ readonly listing: RuleListing; readonly book: RuleBook }> {
  const listings = await Promise.all(paths.map(readRules));
  const listing = withContents({
    folders: listings.flatMap((each) => each.folders),
    files: listings.flatMap((each) => each.files),
  });
  return { listing, book: openRuleBook(listing, { logsources: LOGSOURCES }) };
}
