import { parseWhole } from './document.ts';
import type { Span } from './scan.ts';
import { rejectOf, type SplitItem } from './step.ts';
import { decodeUtf8 } from './text.ts';
import { view, type Window } from './window.ts';

/** Elements of one array that wait to be delivered as one envelope; they lie next to each other in the stream. */
export interface Group {
  /** The envelope's own text up to and including the opening bracket. */
  readonly prefix: string;
  readonly suffix: string;
  /** Stream offsets. */
  spans: Span[];
  /** Something came of this array already. */
  hasYielded: boolean;
}

const ELEMENTS_MAX = 500;
const SIZE_BYTES_MAX = 1024 * 1024;

export function startGroup(prefix: string, suffix: string): Group {
  return { prefix, suffix, spans: [], hasYielded: false };
}

export function isFull(group: Group): boolean {
  const first = group.spans[0]?.start ?? 0;
  const last = group.spans.at(-1)?.end ?? 0;
  return group.spans.length >= ELEMENTS_MAX || last - first >= SIZE_BYTES_MAX;
}

/** Keeps what the group still needs of the window, or everything from `at`. */
export function keepFrom(window: Window, group: Group, at: number): void {
  window.keep = group.spans[0]?.start ?? at;
}

/** Delivers the group as one envelope, and empties it. An element that is no JSON becomes a reject of its own. */
export function* deliver(window: Window, group: Group): Generator<SplitItem, void> {
  const [first, last] = [group.spans[0], group.spans.at(-1)];
  if (first === undefined || last === undefined) return;
  const { spans } = group;
  group.spans = [];
  group.hasYielded = true;
  const text = decodeUtf8(view(window, first.start, last.end));
  const parsed = text === undefined ? undefined : parseWhole(group.prefix + text + group.suffix);
  if (parsed?.ok) yield { document: parsed.value };
  else yield* deliverOneByOne(window, group, spans);
}

function* deliverOneByOne(window: Window, group: Group, spans: readonly Span[]): Generator<SplitItem, void> {
  const good: string[] = [];
  const rejects: SplitItem[] = [];
  for (const { start, end } of spans) {
    const text = decodeUtf8(view(window, start, end));
    if (text === undefined) {
      const message = `expected UTF-8, found other bytes between byte ${start} and byte ${end}`;
      rejects.push(rejectOf(window, start, end, { reason: 'not-utf8', message }));
      continue;
    }
    const parsed = parseWhole(text);
    if (parsed.ok) good.push(text);
    else rejects.push(rejectOf(window, start, end, parsed.fault));
  }
  const envelope = parseWhole(group.prefix + good.join(',') + group.suffix);
  if (good.length > 0 && envelope.ok) yield { document: envelope.value };
  yield* rejects;
}
