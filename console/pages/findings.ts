import type { Severity } from '../../shared/alert/alert.ts';
import type { ListedFinding } from '../../shared/stages/alert.ts';
import { WORST_FIRST } from '../alert-desk.ts';
import { breakable, type Html, href, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { empty, formatCount, plural, searchHref, severity, time } from '../parts.ts';
import type { FindingsView } from '../views/findings.ts';

export function findingsPage(view: FindingsView): Page {
  const { findings, rule, level } = view;
  const [first] = findings;
  const about = rule === '' ? '' : html` of <em>${first?.finding.rule.title ?? rule}</em>`;
  return {
    title: 'Findings',
    section: 'findings',
    body: html`<h1>Findings${about}</h1>
<p class="lead">What the rules found. Each is an entry of the trail and can be proven like any event; those of rules on trial are listed and alert nobody. <a href="${searchHref({ q: 'class:detection_finding' })}">Ask for them</a> like any other event.</p>
<p class="filters" role="group" aria-label="By severity">${levelLink(view, '', 'all')}${LEVELS.filter((each) => each !== 'unknown' || view.counts.unknown > 0 || level === each).map((each) => levelLink(view, each, each))}${rule === '' ? '' : html`<a href="${href('/findings', { level })}">of every rule</a>`}</p>
${findings.length === 0 ? none(view) : html`<p class="quiet">${plural(findings.length, 'finding')}${view.isCut ? ', the newest' : ''}</p>${table(findings)}`}`,
  };
}

/** What has no level comes last, and only where there is any. */
const LEVELS = [...WORST_FIRST.filter((each) => each !== 'unknown'), 'unknown'] as const;

function levelLink({ level, rule, counts, listed }: FindingsView, wanted: Severity | '', name: string): Html {
  const current = level === wanted ? html` aria-current="true"` : '';
  return html`<a href="${href('/findings', { rule, level: wanted })}"${current}>${name} <span class="number">${formatCount(wanted === '' ? listed : counts[wanted])}</span></a>`;
}

function none({ rule, level }: FindingsView): Html {
  if (rule !== '' || level !== '')
    return empty('No finding is of this kind.', html`<a href="/findings">All findings</a>`);
  return empty(
    'No rule has found anything.',
    html`That is as it should be, if events arrive: <a href="/sources">Sources</a> says when each was last heard, and <a href="/rules">Rules</a> what is looked for.`,
  );
}

function table(findings: readonly ListedFinding[]): Html {
  const head = (name: string) => html`<th scope="col" role="columnheader">${name}</th>`;
  return html`<table class="rows findings" role="table"><thead role="rowgroup"><tr role="row">${head('Time (UTC)')}${head('Severity')}${head('Rule')}${head('Who')}${head('What')}${head('Where')}</tr></thead><tbody role="rowgroup">${findings.map(row)}</tbody></table>`;
}

function row({ finding, alertUid }: ListedFinding): Html {
  const uid = finding.findings[0]?.uid ?? '';
  const cell = (className: string, content: Html | string) =>
    html`<td role="cell" class="${className}">${content}</td>`;
  return html`<tr role="row">${cell('when', time(finding.firstTime))}${cell('level', severity(finding.severity))}${cell('what', html`<a data-row href="${href(`/findings/${encodeURIComponent(uid)}`)}">${finding.title}</a>${alertUid === undefined ? html` <span class="quiet">alerted nobody</span>` : ''}`)}${cell('who', breakable(finding.who ?? ''))}${cell('op', breakable(finding.what ?? ''))}${cell('on', breakable(finding.where ?? ''))}</tr>`;
}
