/** The bench's table: printed, and put between two marks in the README. */
import type { Sections } from './sections.ts';

export interface Results extends Partial<Sections> {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly platform: string;
    readonly node: string;
  };
  /** Measured on few events: for a look, not for the README. */
  readonly quick: boolean;
  /** The same before somebody set out to make it faster. */
  readonly before?: Partial<Sections>;
}

interface Line {
  readonly what: string;
  readonly target: string;
  /** Undefined where it was not measured. */
  readonly of: (sections: Partial<Sections>) => string | undefined;
}

const LINES: readonly Line[] = [
  {
    what: 'Whole pipeline, share of the floor of its library calls',
    target: '55 %',
    of: ({ pipeline }) => pipeline && percent(pipeline.floorUsPerEvent / pipeline.usPerEvent),
  },
  {
    what: 'Pipeline and floor, µs of CPU an event',
    target: '',
    of: ({ pipeline }) =>
      pipeline && `${pipeline.usPerEvent.toFixed(0)} / ${pipeline.floorUsPerEvent.toFixed(1)}`,
  },
  {
    what: 'Pipeline in cores times events a second',
    target: '',
    of: ({ pipeline }) => pipeline && count(1e6 / pipeline.usPerEvent),
  },
  {
    what: 'Indexed question, p50 / p95, ms of CPU',
    target: 'p95 ≤ 20',
    of: ({ pipeline }) =>
      pipeline && `${pipeline.query.p50Ms.toFixed(1)} / ${pipeline.query.p95Ms.toFixed(1)}`,
  },
  {
    what: 'Indexed question (p95), share of scanning NDJSON',
    target: '≤ 10 %',
    of: ({ pipeline }) => pipeline && percent(pipeline.query.p95Ms / pipeline.query.scanMs),
  },
  {
    what: '`verify`, entries a second',
    target: '≥ 30,000',
    of: ({ pipeline }) => pipeline && count(pipeline.verify.entriesPerSecond),
  },
  {
    what: 'Inclusion proof verified (p95), ms',
    target: '< 5',
    of: ({ pipeline }) => pipeline?.verify.proofP95Ms.toFixed(2),
  },
  {
    what: 'Memory at its peak, by size of the file',
    target: '≤ 300 MB',
    of: ({ memory }) =>
      memory?.map(({ sizeBytes, peakBytes }) => `${mb(peakBytes)} (${mb(sizeBytes)})`).join(', '),
  },
  {
    what: 'Cost of an event at 10 times the events',
    target: 'near 1.0',
    of: ({ pipeline }) => pipeline && times((pipeline.tenths.at(-1) ?? 0) / (pipeline.tenths[1] ?? 1)),
  },
  {
    what: 'at 10 times the rules (100, 1,000)',
    target: 'near 1.0',
    of: ({ growth }) => growth && times(growth.rules[1].usPerEvent / growth.rules[0].usPerEvent),
  },
  {
    what: 'at 10 times the actors (300, 3,000)',
    target: 'near 1.0',
    of: ({ growth }) => growth && times(growth.actors[1].usPerEvent / growth.actors[0].usPerEvent),
  },
];

/** The table as Markdown, with the machine below it. */
export function renderTable(results: Results): string {
  const { before, machine, quick } = results;
  const rows = LINES.map(({ what, target, of }) => [
    what,
    target,
    before && (of(before) ?? ''),
    of(results) ?? '',
  ]);
  const head = ['', 'Target', before && 'Before', 'Now'];
  const cells = [head, head.map((cell) => cell && '---'), ...rows].map((row) =>
    row.filter((cell) => cell !== undefined),
  );
  const table = cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
  const events = results.pipeline?.events ?? 0;
  const size = `${count(events)} CloudTrail events of ${Math.round(results.pipeline?.recordBytes ?? 0)} bytes${quick ? ' (a quick run)' : ''}`;
  return `${table}\n\n${size}; ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.platform}, Node ${machine.node}; one core, CPU time.\n`;
}

const BEGIN = '<!-- bench -->';
const END = '<!-- /bench -->';

/** A text with the table between the two marks; unchanged where they are not. */
export function withTable(text: string, results: Results): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) return text;
  return `${text.slice(0, begin + BEGIN.length)}\n${renderTable(results)}${text.slice(end)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function mb(bytes: number): string {
  return bytes >= 1e9 ? `${bytes / 1e9} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
