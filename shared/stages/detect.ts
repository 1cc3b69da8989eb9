import type { Detector } from '../detect/detector.ts';
import { findingOf, noticeFinding } from '../detect/finding.ts';
import type { Memory, Notice } from '../detect/memory.ts';
import type { Rule, RuleHeader } from '../detect/sigma/index.ts';
import { Watermark } from '../detect/watermark.ts';
import type { PendingEntry } from '../trail/pending.ts';
import { decodeMemories, encodeMemories } from './detect-memory.ts';
import type { Fold, FoldedEvent, FoldedTick, FoldMemory, FoldNewcomers } from './fold.ts';

export interface DetectDependencies {
  readonly detector: Detector;
  /** Rules that remember, in the order in which they are asked. */
  readonly memories?: readonly Memory[];
  /** Rules that are only observed by others, and make no findings of their own. */
  readonly silent?: ReadonlySet<RuleHeader>;
  /** An event of the trail, for notices of events that have gone by; undefined where it was erased. */
  eventAt?(index: number): Promise<FoldedEvent | undefined>;
  /** Leaves findings to be appended; durable when it returns. */
  enqueue(findings: readonly PendingEntry[]): Promise<unknown>;
  /** 128 fresh random bits in hex, for each finding. */
  nonce(): string;
}

/** The fold that detects. */
export interface DetectFold extends Fold {
  /**
   * The latest watermark, up to this time, at which something happens that somebody waits for: what `watermarkEntry`
   * is to say when all sources are silent. Undefined where nothing waits.
   */
  waitsForMs(untilMs: number): number | undefined;
}

/** Findings that go into one batch. */
const BATCH_COUNT_MAX = 200;

/**
 * Runs the rules over the trail and leaves findings to be appended to it: first those that look at one event, then what
 * remembers, which is shown what matched. The same trail gives the same findings with the same uids, however it is cut
 * and wherever a run began again, so that what is made twice adds nothing: the sequencer knows it.
 */
export function detectFold(dependencies: DetectDependencies): DetectFold {
  const { memories = [] } = dependencies;
  const watermark = new Watermark();
  const detection: Detection = { ...dependencies, memories, watermark };
  return {
    id: 'detect',
    spanSize: 1,
    waitsForMs: (untilMs) => latestOf(memories, untilMs),
    ...(memories.length === 0 ? {} : { memory: memoryOf(detection) }),
    async apply(events, { ticks = [] }) {
      const findings: PendingEntry[] = [];
      let ticked = 0;
      for (const event of events) {
        for (let tick = ticks[ticked]; tick !== undefined && tick.index < event.index; tick = ticks[ticked]) {
          findings.push(...(await passTime(detection, tick, events)));
          ticked += 1;
        }
        const { made, notices } = observe(detection, event);
        findings.push(...made);
        for (const notice of notices) findings.push(await findingFrom(detection, notice, events));
      }
      for (const tick of ticks.slice(ticked)) findings.push(...(await passTime(detection, tick, events)));
      for (let from = 0; from < findings.length; from += BATCH_COUNT_MAX) {
        await dependencies.enqueue(findings.slice(from, from + BATCH_COUNT_MAX));
      }
    },
  };
}

interface Remembering {
  readonly memories: readonly Memory[];
  readonly watermark: Watermark;
}

interface Detection extends DetectDependencies, Remembering {
  readonly memories: readonly Memory[];
}

/** What one event leads to. Without anything that remembers, this is all there is to it. */
function observe(
  detection: Detection,
  event: FoldedEvent,
): { readonly made: readonly PendingEntry[]; readonly notices: readonly Notice[] } {
  const { detector, memories, silent, nonce } = detection;
  const matched = detector.detect(event);
  const heard = silent === undefined ? matched : matched.filter((rule) => !silent.has(rule));
  const made = heard.map((rule) => findingOf(rule, event, nonce()));
  return { made, notices: memories.length === 0 ? [] : remember(detection, event, matched) };
}

/** What was noticed of an event by what remembers. */
function remember(
  { memories, watermark }: Remembering,
  event: FoldedEvent,
  matched: readonly Rule[],
): readonly Notice[] {
  watermark.observe(event.event, event.appendedMs);
  const { ms } = watermark;
  const observation = {
    index: event.index,
    source: event.source,
    event: event.event,
    raw: event.raw,
    matched,
    // Reading it parses it: not where nobody wants it.
    get record() {
      return event.record;
    },
  };
  return memories.flatMap((memory) => memory.observe(observation, ms));
}

/** What was noticed by the passing of time alone. */
function advance({ memories, watermark }: Remembering, { watermarkMs }: FoldedTick): readonly Notice[] {
  watermark.tell(watermarkMs);
  return memories.flatMap((memory) => memory.advance?.(watermark.ms) ?? []);
}

async function passTime(
  detection: Detection,
  tick: FoldedTick,
  events: readonly FoldedEvent[],
): Promise<readonly PendingEntry[]> {
  const findings: PendingEntry[] = [];
  for (const notice of advance(detection, tick)) findings.push(await findingFrom(detection, notice, events));
  return findings;
}

/** With the event at which it was noticed, which may have gone by long ago: read again, it is still the same. */
async function findingFrom(
  { nonce, eventAt }: Detection,
  notice: Notice,
  events: readonly FoldedEvent[],
): Promise<PendingEntry> {
  const { index } = notice.event;
  const near = placeOf(events, index);
  return noticeFinding(notice, near ?? (await eventAt?.(index)), nonce());
}

function placeOf(events: readonly FoldedEvent[], index: number): FoldedEvent | undefined {
  let from = 0;
  let to = events.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((events[middle]?.index ?? 0) < index) from = middle + 1;
    else to = middle;
  }
  const found = events[from];
  return found?.index === index ? found : undefined;
}

function memoryOf({ detector, memories, watermark }: Detection): FoldMemory {
  let isRestored = false;
  return {
    standing: undefined,
    snapshot: () => encodeMemories(memories, watermark),
    restore(bytes) {
      isRestored = bytes !== undefined;
      decodeMemories(memories, watermark, bytes);
    },
    newcomers() {
      const news = memories.flatMap((memory) => memory.newcomers?.() ?? []);
      if (news.length === 0) return undefined;
      const own: Remembering = { memories: news.map(({ memory }) => memory), watermark: new Watermark() };
      return newcomersOver(own, detector, {
        names: news.flatMap(({ rules }) => rules.map(({ title }) => title)),
        join(next) {
          for (const each of news) each.join(next);
          // Where a snapshot says how far time has come, the same was found there.
          if (!isRestored) watermark.restore(own.watermark.snapshot());
        },
      });
    },
  };
}

/** By the same steps as `apply`; what is noticed is past. */
function newcomersOver(
  own: Remembering,
  detector: Detector,
  more: Pick<FoldNewcomers, 'names' | 'join'>,
): FoldNewcomers {
  return {
    ...more,
    showEvent: (event) => void remember(own, event, detector.detect(event)),
    showTick: (tick) => void advance(own, tick),
  };
}

function latestOf(memories: readonly Memory[], untilMs: number): number | undefined {
  let latest: number | undefined;
  for (const memory of memories) {
    const due = memory.waitsForMs?.(untilMs);
    if (due !== undefined && (latest === undefined || due > latest)) latest = due;
  }
  return latest;
}
