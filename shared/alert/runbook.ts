import { collect, type Fault, type Position, type Report } from '../detect/sigma/fault.ts';
import { readYaml } from '../detect/sigma/yaml.ts';

/** A runbook as written: Markdown of four sections behind a front matter. */
export interface Runbook {
  readonly file: string;
  readonly title: string;
  readonly owner: string;
  readonly sections: readonly RunbookSection[];
}

export interface RunbookSection {
  readonly title: string;
  readonly position: Position;
  readonly blocks: readonly RunbookBlock[];
}

export interface RunbookBlock {
  readonly kind: 'prose' | 'command';
  readonly text: string;
  readonly position: Position;
  /** A command that changes something: said before it is run, and never the first thing done. */
  readonly changes: boolean;
  /** Only for events of this source; undefined for every one. */
  readonly source: string | undefined;
  /** Only where this path has a value: `record.userIdentity.userName`. */
  readonly needs: string | undefined;
}

export interface ParsedRunbook {
  readonly runbook: Runbook;
  readonly faults: readonly Fault[];
}

/** Front matter that a runbook must have. */
const MEMBERS = ['title', 'owner', 'severity', 'tested'] as const;
/** In this order: nobody contains what is not real, or recovers what is not contained. */
const SECTIONS = ['Is this real?', 'Contain', 'Recover', 'Tell'] as const;

/**
 * Reads a runbook. Sections begin with `##`; a fenced block is a command, whose info string may say `changes`,
 * `source=<id>` and `needs=<path>`; everything else is prose. What is missing is a fault, and the rest is still read.
 */
export function parseRunbook(text: string, file: string): ParsedRunbook {
  const faults: Fault[] = [];
  const report = collect(faults);
  const lines = text.split('\n');
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  const start: Position = { file, line: 1, column: 1 };
  if (end < 0) report.error(start, 'expected a front matter between two lines of ---');
  const matter = lines.slice(1, Math.max(end, 1));
  const read = readPlain(matter) ?? readMatter(matter, file, report);
  const members = MEMBERS.map((name) => {
    const found = read.get(name);
    if (found !== undefined) return found;
    report.error(start, `expected ${name} in the front matter`);
    return '';
  });
  const sections = readSections(lines, end + 1, file);
  const titles = sections.map((section) => section.title);
  if (titles.join('\n') !== SECTIONS.join('\n')) {
    report.error(start, `expected the sections ${SECTIONS.join(', ')}; found ${titles.join(', ') || 'none'}`);
  }
  const [title = '', owner = ''] = members;
  return { runbook: { file, title, owner, sections }, faults };
}

/** A line of YAML that says the same without a parser: a word, and text that is plain in every respect. */
const PLAIN = /^([a-z]+): (?:([A-Za-z0-9][\w ,./;()'-]*[\w)])|'([^'\\]+)')$/;
const NOTHING = /^null$/i;

/** Front matter as it nearly always is; a parser of YAML for each runbook is a fifth of a start. */
function readPlain(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = PLAIN.exec(line) ?? [];
    if (name === undefined || value === undefined || members.has(name) || NOTHING.test(value))
      return undefined;
    members.set(name, value);
  }
  return members;
}

function readMatter(lines: readonly string[], file: string, report: Report): ReadonlyMap<string, string> {
  const [matter] = readYaml(`\n${lines.join('\n')}`, file, report);
  const members = (matter?.entries ?? []).flatMap(({ key, value }): [string, string][] =>
    value.kind === 'scalar' && value.value !== null ? [[key, value.source]] : [],
  );
  return new Map(members);
}

function readSections(lines: readonly string[], from: number, file: string): readonly RunbookSection[] {
  const heads = lines.flatMap((line, i) => (i >= from && line.startsWith('## ') ? [i] : []));
  return heads.map((head, n) => ({
    title: (lines[head] ?? '').slice(3).trim(),
    position: { file, line: head + 1, column: 1 },
    blocks: readBlocks(lines, { from: head + 1, to: heads[n + 1] ?? lines.length }, file),
  }));
}

/** Paragraphs and list items are blocks of their own, so that a reader can tick them off. */
function readBlocks(
  lines: readonly string[],
  range: { readonly from: number; readonly to: number },
  file: string,
): readonly RunbookBlock[] {
  const blocks: RunbookBlock[] = [];
  for (let i = range.from; i < range.to; i++) {
    const line = lines[i] ?? '';
    const fence = /^```(.*)$/.exec(line);
    if (fence === null && line.trim() === '') continue;
    const isEnd = fence === null ? isProseEnd : isFence;
    let end = i + 1;
    while (end < range.to && !isEnd(lines[end] ?? '')) end += 1;
    const position = { file, line: i + (fence === null ? 1 : 2), column: 1 };
    if (fence === null) {
      const text = lines
        .slice(i, end)
        .map((each) => each.trim())
        .join(' ');
      blocks.push({ kind: 'prose', text, position, changes: false, source: undefined, needs: undefined });
      i = end - 1;
    } else {
      const words = (fence[1] ?? '').split(/\s+/);
      const setting = (name: string) =>
        words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
      const text = lines.slice(i + 1, end).join('\n');
      const only = { source: setting('source'), needs: setting('needs') };
      blocks.push({ kind: 'command', text, position, changes: words.includes('changes'), ...only });
      i = end;
    }
  }
  return blocks;
}

function isFence(line: string): boolean {
  return line.startsWith('```');
}

function isProseEnd(line: string): boolean {
  return line.trim() === '' || isFence(line) || /^([-*]|\d+\.) /.test(line);
}
