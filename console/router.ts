/** The console: from a request to a page. Whoever calls this has authenticated the visitor, and the forms they send. */
import { PortError } from '../shared/ports.ts';
import { trailSize } from '../shared/stages/read-trail.ts';
import { formatProofFile } from '../shared/trail/proof-file.ts';
import { act } from './acts.ts';
import { csv, ndjson } from './downloads.ts';
import { type Frame, layout, type Page } from './layout.ts';
import { alertPage } from './pages/alert.ts';
import { alertsPage } from './pages/alerts.ts';
import { eventPage } from './pages/event.ts';
import { findingPage } from './pages/finding.ts';
import { findingsPage } from './pages/findings.ts';
import { helpPage } from './pages/help.ts';
import { overviewPage } from './pages/overview.ts';
import { type Problem, problemPage } from './pages/problem.ts';
import { rulePage, rulesPage } from './pages/rules.ts';
import { searchPage } from './pages/search.ts';
import { sourcesPage } from './pages/sources.ts';
import { trailPage } from './pages/trail.ts';
import type { ConsolePorts, Visitor } from './ports.ts';
import { type ConsoleRequest, type ConsoleResponse, download, json, page, seeOther } from './response.ts';
import { loadAlert, loadAlerts } from './views/alerts.ts';
import { type EventView, findEvent, loadEvent } from './views/event.ts';
import { loadFinding, loadFindings } from './views/findings.ts';
import { loadOverview } from './views/overview.ts';
import { loadRule, loadRules } from './views/rules.ts';
import { askedOf, loadSearch, readAsked } from './views/search.ts';
import { loadSources } from './views/sources.ts';
import { loadTrail } from './views/trail.ts';

/** Answers every path; what it has no page for is a page that says so. */
export async function answerConsole(
  ports: ConsolePorts,
  request: ConsoleRequest,
  visitor: Visitor,
): Promise<ConsoleResponse> {
  try {
    return await respond({ ports, request, visitor });
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    // What storage says of itself is for the person who looks: a block that is not what was committed, above all.
    const status = error.retryable ? 503 : 500;
    return problem(ports, { status, title: 'The trail cannot be read', message: `${error.message}.` });
  }
}

interface Asking {
  readonly ports: ConsolePorts;
  readonly request: ConsoleRequest;
  readonly visitor: Visitor;
}

async function respond(asking: Asking): Promise<ConsoleResponse> {
  const { ports, request } = asking;
  const parts = partsOf(request.path);
  if (parts === undefined) return problem(ports, NO_PAGE);
  if (request.method === 'POST') return (await act(asking, parts)) ?? wrongMethod(ports, 'GET, HEAD');
  if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod(ports, 'GET, HEAD, POST');
  const found = await show(asking, parts);
  if (found === undefined) return problem(ports, NO_PAGE);
  return 'status' in found ? found : rendered(ports, found);
}

/** The steps of a path, decoded; undefined for what is no path of ours. */
function partsOf(path: string): readonly string[] | undefined {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

async function show(
  asking: Asking,
  [first = '', second, third, ...rest]: readonly string[],
): Promise<Page | ConsoleResponse | undefined> {
  const { ports, visitor } = asking;
  if (rest.length > 0) return undefined;
  if (second === undefined) return showSection(asking, first);
  if (first === 'events') return showEvent(ports, second, third);
  // Where a form was sent that had a fault, reloaded or kept as a bookmark.
  if (first === 'alerts' && third !== undefined) return seeOther(`/alerts/${encodeURIComponent(second)}`);
  if (third !== undefined) return undefined;
  switch (first) {
    case 'findings': {
      const view = await loadFinding(ports, second);
      return view && findingPage(view);
    }
    case 'alerts': {
      const view = await loadAlert(ports, second, { visitor });
      return view && alertPage(view);
    }
    case 'rules': {
      const view = await loadRule(ports, second);
      return view && rulePage(view);
    }
    default:
      return undefined;
  }
}

async function showSection(
  { ports, request, visitor }: Asking,
  name: string,
): Promise<Page | ConsoleResponse | undefined> {
  const { query } = request;
  switch (name) {
    case '':
      return overviewPage(await loadOverview(ports, query));
    case 'search':
      return searchPage(await loadSearch(ports, query));
    case 'search.ndjson':
    case 'search.csv':
      return searchDownload(ports, query, name);
    case 'findings':
      return findingsPage(await loadFindings(ports, query));
    case 'alerts':
      return alertsPage(await loadAlerts(ports, query, visitor));
    case 'sources':
      return sourcesPage(await loadSources(ports));
    case 'rules':
      return rulesPage(await loadRules(ports, query));
    case 'trail':
      return trailPage(await loadTrail(ports, visitor));
    case 'help':
      return helpPage();
    case 'live':
      return json({ size: await trailSize(ports), alerts: await openAlerts(ports) });
    default:
      return undefined;
  }
}

async function searchDownload(
  ports: ConsolePorts,
  query: URLSearchParams,
  name: 'search.ndjson' | 'search.csv',
): Promise<ConsoleResponse> {
  const read = readAsked(askedOf(query), ports.clock().getTime());
  if (!read.ok)
    return problem(ports, {
      status: 400,
      title: 'This question cannot be read',
      message: read.fault?.message ?? 'A time cannot be read.',
    });
  return name === 'search.csv'
    ? download({ name: 'events.csv', type: 'text/csv' }, csv(ports, read.value))
    : download({ name: 'events.ndjson', type: 'application/x-ndjson' }, ndjson(ports, read.value));
}

async function showEvent(
  ports: ConsolePorts,
  uid: string,
  part: string | undefined,
): Promise<Page | ConsoleResponse | undefined> {
  const found = await findEvent(ports, uid);
  if (found.kind === 'several') {
    return problem(ports, {
      status: 404,
      title: 'Several events begin so',
      message: `Say which: ${found.uids.join(', ')}`,
    });
  }
  if (found.kind === 'none') return undefined;
  const view = await loadEvent(ports, found);
  return part === undefined ? eventPage(view) : eventFile(view, part);
}

function eventFile({ uid, line, raw, proof }: EventView, part: string): ConsoleResponse | undefined {
  const name = uid.slice(0, 16);
  switch (part) {
    case 'raw':
      return download({ name: `${name}.record.txt`, type: 'text/plain' }, raw);
    case 'event.json':
      return download({ name: `${name}.event.json`, type: 'application/json' }, line);
    case 'proof.json':
      return typeof proof === 'string'
        ? undefined
        : download({ name: `${name}.proof.json`, type: 'application/json' }, formatProofFile(proof.file));
    default:
      return undefined;
  }
}

const NO_PAGE: Problem = {
  status: 404,
  title: 'There is nothing here',
  message: 'The address names no page, or an event that is not on this trail.',
};

function wrongMethod(ports: ConsolePorts, allow: string): Promise<ConsoleResponse> {
  const message = `Expected ${allow.replaceAll(', ', ' or ')}.`;
  return problem(ports, { status: 405, title: 'That cannot be done here', message }, { allow });
}

export async function problem(
  ports: ConsolePorts,
  found: Problem,
  headers: Readonly<Record<string, string>> = {},
): Promise<ConsoleResponse> {
  return page(found.status, layout(await frameOf(ports), problemPage(found)), headers);
}

export async function rendered(ports: ConsolePorts, shown: Page, status = 200): Promise<ConsoleResponse> {
  return page(status, layout(await frameOf(ports), shown));
}

async function frameOf(ports: ConsolePorts): Promise<Frame> {
  const path = (name: string) => ports.assets.find((asset) => asset.name === name)?.path ?? '';
  return {
    origin: ports.signer.name,
    size: await trailSize(ports),
    openAlerts: await openAlerts(ports),
    assets: { css: path('console.css'), js: path('console.js'), icon: path('icon.svg') },
    alarm: ports.alarms().at(-1)?.message,
  };
}

const ALERTS_READ = 200;

async function openAlerts(ports: ConsolePorts): Promise<number> {
  const listed = await ports.alerts.list(ALERTS_READ);
  return listed.filter(({ status, isSilenced }) => status.state === 'open' && !isSilenced).length;
}
