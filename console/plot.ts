/** Plots: bars drawn on the server, each a link to its rows, and the same numbers in a table. */
import type { Plot } from '../shared/stages/plot.ts';
import { type Content, type Html, html } from './html.ts';
import { formatCount, formatTime, isoTime, type Question, searchHref } from './parts.ts';
import { shape } from './shape.ts';

const HEIGHT = 40;
const BAR = 10;
const GAP = 1.5;

/** The question behind one bar: within its time, of one series or of all. */
export type BarQuestion = (times: Required<Pick<Question, 'since' | 'until'>>, value?: string) => Question;

interface Drawing {
  readonly plot: Plot;
  /** Where there is none, nothing leads anywhere: a question may be too long to be said for each bar. */
  readonly question: BarQuestion | undefined;
}

/** One strip of bars per series, all on one scale of time, each on its own scale of height; the number says the rest. */
export function strips(
  drawing: Drawing & { readonly name: (value: string) => Content; readonly caption: Content },
): Html {
  const { plot, caption, name } = drawing;
  return html`<figure class="plot">
<div class="strips">${plot.series.map(({ value, counts }) => {
    const total = counts.reduce((a, b) => a + b, 0);
    return html`<div class="strip"><span class="name">${name(value)}</span>${bars(drawing, counts, value)}<span class="number">${formatCount(total)}</span></div>`;
  })}<div class="strip"><span class="name"></span>${axis(plot)}<span class="number"></span></div></div>
<figcaption>${caption} ${numbers(drawing, name)}</figcaption>
</figure>`;
}

/** One strip of bars for all, in which the part that failed is drawn solid. */
export function histogram(drawing: Drawing & { readonly caption: Content }): Html {
  const { plot, caption } = drawing;
  const all = Array.from({ length: plot.bars }, (_, n) =>
    plot.series.reduce((sum, { counts }) => sum + (counts[n] ?? 0), 0),
  );
  const failed = plot.series.find(({ value }) => value === 'Failure')?.counts ?? [];
  return html`<figure class="plot one">
${bars(drawing, all, undefined, failed)}
${axis(plot)}
<figcaption>${caption} ${failed.length > 0 ? html`<span class="key">${shape('square')} failed</span>` : ''} ${numbers(drawing, (value) => value || 'no outcome')}</figcaption>
</figure>`;
}

function bars(
  { plot, question }: Drawing,
  counts: readonly number[],
  value?: string,
  solid: readonly number[] = [],
): Html {
  const most = Math.max(1, ...counts);
  const width = plot.bars * BAR;
  return html`<svg class="bars" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path class="base" d="M0 ${HEIGHT - 0.5}H${width}"/>${counts.map(
    (count, n) => {
      if (count === 0) return '';
      const drawn = html`<title>${formatCount(count)}, ${spell(plot, n)}</title>${column(n, count / most)}${(solid[n] ?? 0) > 0 ? column(n, (solid[n] ?? 0) / most, 'solid') : ''}`;
      if (question === undefined) return html`<g>${drawn}</g>`;
      return html`<a href="${searchHref(question(timesOf(plot, n), value))}" tabindex="-1">${drawn}</a>`;
    },
  )}</svg>`;
}

/** Whatever is not nothing can be seen. */
function column(n: number, share: number, className = 'bar'): Html {
  const height = Math.max(2, Math.round(share * (HEIGHT - 2) * 10) / 10);
  return html`<rect class="${className}" x="${n * BAR}" y="${Math.round((HEIGHT - height) * 10) / 10}" width="${BAR - GAP}" height="${height}"/>`;
}

function axis({ startMs, widthMs, bars }: Plot): Html {
  const endMs = startMs + widthMs * bars;
  const shown = (timeMs: number) =>
    widthMs >= 86_400_000 ? formatTime(timeMs).slice(0, 10) : formatTime(timeMs).slice(0, 16);
  return html`<div class="axis" aria-hidden="true"><span>${shown(startMs)}</span><span class="wide">${shown(startMs + (endMs - startMs) / 2)}</span><span>${shown(endMs)}</span></div>`;
}

/** Of a bar that reaches beyond what was asked for, the part that was: its events are those that it counts. */
function timesOf(plot: Plot, n: number): { readonly since: string; readonly until: string } {
  const { startMs, widthMs, sinceMs = startMs, untilMs = Number.POSITIVE_INFINITY } = plot;
  const from = Math.max(startMs + n * widthMs, sinceMs);
  // Both ends are inclusive.
  const until = Math.min(startMs + (n + 1) * widthMs - 1, untilMs);
  const since = from % 1000 === 0 ? isoTime(from).replace(':00Z', 'Z') : new Date(from).toISOString();
  return { since, until: new Date(until).toISOString() };
}

function spell(plot: Plot, n: number): string {
  const from = plot.startMs + n * plot.widthMs;
  return `${formatTime(from).slice(0, 16)} for ${width(plot.widthMs)}`;
}

export function width(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 60) return `${Math.round(minutes)} min`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h`;
  const days = Math.round(minutes / 1440);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The same numbers for who reads them or hears them; each row leads to its events. */
function numbers({ plot, question }: Drawing, name: (value: string) => Content): Html {
  const rows = Array.from({ length: plot.bars }, (_, n) => n).filter((n) =>
    plot.series.some(({ counts }) => (counts[n] ?? 0) > 0),
  );
  const barName = (n: number) => {
    const from = formatTime(plot.startMs + n * plot.widthMs).slice(0, 16);
    return question === undefined
      ? from
      : html`<a href="${searchHref(question(timesOf(plot, n)))}">${from}</a>`;
  };
  return html`<details class="numbers"><summary>Numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers of the plot"><table>
<thead><tr><th scope="col">From (UTC), for ${width(plot.widthMs)}</th>${plot.series.map(({ value }) => html`<th scope="col" class="right">${name(value)}</th>`)}</tr></thead>
<tbody>${rows.map((n) => html`<tr><th scope="row">${barName(n)}</th>${plot.series.map(({ counts }) => html`<td class="right">${formatCount(counts[n] ?? 0)}</td>`)}</tr>`)}</tbody>
</table></div></details>`;
}

/** One series without an axis, with what it says in words. */
export function sparkline(counts: readonly number[], says: string): Html {
  const most = Math.max(1, ...counts);
  const points = counts.map((count, n) => (count === 0 ? '' : column(n, count / most)));
  return html`<svg class="sparkline" viewBox="0 0 ${counts.length * BAR} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${says}"><path class="base" d="M0 ${HEIGHT - 0.5}H${counts.length * BAR}"/>${points}</svg>`;
}
