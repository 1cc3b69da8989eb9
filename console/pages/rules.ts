import type { Severity } from '../../shared/alert/alert.ts';
import { WORST_FIRST } from '../alert-desk.ts';
import { type Html, href, html, lines, outside } from '../html.ts';
import type { Page } from '../layout.ts';
import { facts, formatCount, plural, severity, time } from '../parts.ts';
import { shape } from '../shape.ts';
import type { ListedRule, RulesView, RuleView } from '../views/rules.ts';

const SHOWN = 100;

/** What do we look for? */
export function rulesPage(view: RulesView): Page {
  const { rules, stage, level, from } = view;
  const wanted = rules
    .filter(({ rule }) => (stage === '' || rule.stage === stage) && (level === '' || rule.level === level))
    .toSorted((a, b) => order(a) - order(b) || (a.rule.title < b.rule.title ? -1 : 1));
  const shown = wanted.slice(from, from + SHOWN);
  const head = (name: string, className = '') =>
    html`<th scope="col" role="columnheader" class="${className}">${name}</th>`;
  const at = (next: number) => href('/rules', { stage, level, from: next === 0 ? undefined : next });
  return {
    title: 'Rules',
    section: 'rules',
    body: html`<h1>Rules</h1>
<p class="lead">What is looked for in every event. A rule that is <em>live</em> alerts; one that is <em>staged</em> is on trial: its findings are recorded and alert nobody. Informational ones are what others build upon.</p>
<p class="filters" role="group" aria-label="By stage and level">${['', 'live', 'staged'].map((each) => filterLink(view, { stage: each, level }, each === '' ? 'any stage' : each))} <span class="quiet">·</span> ${['', ...WORST_FIRST.filter((each) => each !== 'unknown')].map((each) => filterLink(view, { stage, level: each }, each === '' ? 'any level' : each))} <span class="quiet">${plural(wanted.length, 'rule')}</span></p>
<table class="rows rules" role="table"><thead role="rowgroup"><tr role="row">${head('Rule')}${head('Level')}${head('Stage')}${head('Kind')}${head('Findings', 'right')}${head('Last (UTC)')}${head('Tests', 'right')}${head('Runbook')}</tr></thead><tbody role="rowgroup">${shown.map(row)}</tbody></table>
<nav class="pager" aria-label="More rules">${from > 0 ? html`<a href="${at(Math.max(0, from - SHOWN))}">Before</a>` : ''}${from + SHOWN < wanted.length ? html`<a href="${at(from + SHOWN)}">The other ${formatCount(wanted.length - from - SHOWN)}</a>` : ''}</nav>`,
  };
}

function filterLink(
  { stage, level }: RulesView,
  wanted: { readonly stage: string; readonly level: string },
  name: string,
): Html {
  const current = wanted.stage === stage && wanted.level === level ? html` aria-current="true"` : '';
  return html`<a href="${href('/rules', wanted)}"${current}>${name}</a>`;
}

function order({ rule }: ListedRule): number {
  return WORST_FIRST.indexOf(levelOf(rule.level));
}

function levelOf(level: string): Severity {
  return WORST_FIRST.find((each) => each === level) ?? 'unknown';
}

function row({ rule, findings, lastMs, hasRunbook }: ListedRule): Html {
  const cell = (className: string, content: Html | string, label?: string) =>
    html`<td role="cell" class="${className}"${label === undefined ? '' : html` data-label="${label}"`}>${content}</td>`;
  return html`<tr role="row">${cell('what', html`<a data-row href="${href(`/rules/${encodeURIComponent(rule.id)}`)}">${rule.title}</a>`)}${cell('level', severity(levelOf(rule.level)))}${cell('how', rule.stage)}${cell('kind', rule.kind)}${cell('right', findings === 0 ? html`<span class="quiet">0</span>` : html`<a href="${href('/findings', { rule: rule.id })}">${formatCount(findings)}</a>`, 'findings')}${cell('when', lastMs === undefined ? '' : time(lastMs), 'last')}${cell('right', rule.tests === undefined ? html`<span class="quiet">none</span>` : `${rule.tests.matching} + ${rule.tests.others}`, 'tests')}${cell('book', hasRunbook ? html`${shape('yes')} yes` : html`<span class="quiet">none</span>`, 'runbook')}</tr>`;
}

export function rulePage({ rule, findings, lastMs, runbook }: RuleView): Page {
  return {
    title: rule.title,
    section: 'rules',
    body: html`<article>
<p class="crumb"><a href="/rules">Rules</a></p>
<h1>${rule.title}</h1>
<p class="lead">${severity(levelOf(rule.level))} · ${rule.stage} · ${rule.kind}</p>
<div class="columns"><div class="prose">
<p>${rule.description}</p>
${rule.falsePositives.length === 0 ? '' : html`<h2>It may be innocent</h2><ul>${rule.falsePositives.map((each) => html`<li>${each}</li>`)}</ul>`}
${runbook === undefined ? '' : html`<section aria-labelledby="runbook"><h2 id="runbook">Runbook</h2><p class="quiet">As it is written; a finding has it filled in. Owner: ${runbook.owner}.</p>${runbook.sections.map(({ title, blocks }) => html`<h3>${title}</h3>${blocks.map(({ kind, text, changes }) => (kind === 'prose' ? html`<p>${text.replace(/^(?:[-*]|\d{1,2}\.) /, '')}</p>` : html`${changes ? html`<p class="changes">${shape('warning')} This changes something.</p>` : ''}<pre tabindex="0"><code>${lines(text, 2_000)}</code></pre>`))}`)}</section>`}
</div><aside aria-labelledby="about"><h2 id="about">About</h2>${facts([
      [
        'findings',
        html`<a href="${href('/findings', { rule: rule.id })}">${formatCount(findings)}</a>${lastMs === undefined ? '' : html`, the last ${time(lastMs)} UTC`}`,
      ],
      ['looks at', rule.logsource],
      [
        'tests',
        rule.tests === undefined
          ? 'none'
          : `${plural(rule.tests.matching, 'event')} that must match, ${rule.tests.others} that must not`,
      ],
      ['by', rule.author],
      ['tags', rule.tags.slice(0, 20).map((tag) => html`<span class="tag">${tag}</span> `)],
      ['id', html`<code class="long">${rule.id}</code>`],
      [
        'references',
        rule.references.slice(0, 10).map((each) => html`<div class="long">${outside(each)}</div>`),
      ],
    ])}</aside></div></article>`,
  };
}
