/** Small parts that every page is made of. */
import type { Severity } from '../shared/alert/alert.ts';
import { breakable, type Content, type Html, href, html, whole } from './html.ts';
import { type Shape, shape } from './shape.ts';

/** `2026-05-04 09:11:22`; columns and captions say that it is UTC. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, 19).replace('T', ' ');
}

/** `2026-05-04T09:11:22Z`, as questions and addresses have it. */
export function isoTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 19)}Z`;
}

/** A time; the script of the page adds local time and age on hover and focus. */
export function time(timeMs: number): Html {
  return html`<time datetime="${isoTime(timeMs)}">${formatTime(timeMs)}</time>`;
}

export function age(timeMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - timeMs) / 60_000);
  if (minutes < -1) return `in ${duration(-minutes)}`;
  return minutes < 1 ? 'just now' : `${duration(minutes)} ago`;
}

function duration(minutes: number): string {
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${formatCount(Math.floor(hours / 24))} days`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function plural(count: number, word: string, words = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : words}`;
}

/** An id shortened in the middle for the eye; whoever selects and copies it has all of it. */
export function id(value: string, shown = 12): Html {
  if (value.length <= shown + 4) return html`<code class="id">${whole(value)}</code>`;
  const tail = value.slice(-4);
  return html`<code class="id">${whole(value.slice(0, shown - 4))}<span class="mid">${whole(value.slice(shown - 4, -4))}</span>${whole(tail)}</code>`;
}

/** A button that copies; without a script it is not there. */
export function copyButton(value: string, what: string): Html {
  return html`<button type="button" class="copy" data-copy="${whole(value)}" hidden>Copy<span class="sr"> ${what}</span></button>`;
}

export function command(line: string): Html {
  return html`<div class="command"><pre tabindex="0"><code>${whole(line)}</code></pre>${copyButton(line, 'the command')}</div>`;
}

const SHAPES: Readonly<Record<Severity, Shape>> = {
  critical: 'square',
  high: 'triangle',
  medium: 'diamond',
  low: 'disc',
  informational: 'ring',
  unknown: 'unknown',
};

/** A word and a shape; colour only says it again. */
export function severity(level: Severity): Html {
  return html`<span class="severity ${level}">${shape(SHAPES[level])} ${level}</span>`;
}

export function outcome(word: string): Html {
  if (word === '') return html`<span class="quiet">not said</span>`;
  const lower = word.toLowerCase();
  if (lower === 'success') return html`<span class="outcome">${shape('yes')} ${word}</span>`;
  if (lower === 'failure') return html`<span class="outcome failed">${shape('no')} ${word}</span>`;
  return html`<span class="outcome">${word}</span>`;
}

/** Where one search leads: the question, and the stretch of time. */
export interface Question {
  readonly q: string;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function searchHref({ q, since, until }: Question): Html {
  return href('/search', { q, since, until });
}

/** A value of an event as a term of the query language: quoted, so that nothing in it is an operator. */
export function term(field: string, value: string): string {
  return /^[A-Za-z0-9][\w.@-]*$/.test(value) && !/^(and|or|not)$/i.test(value)
    ? `${field}:${value}`
    : `${field}:"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A list of names and values; names without a value are left out. */
export function facts(rows: readonly (readonly [name: string, value: Content])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '' && value !== false);
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${breakable(name)}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What is said where there is nothing: why, and what to try. */
export function empty(why: Content, next: Content): Html {
  return html`<div class="empty"><p>${why}</p><p>${next}</p></div>`;
}
