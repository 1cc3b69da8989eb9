import { setImmediate as turn } from 'node:timers/promises';
import { deskOver } from '../../console/desk.ts';
import { type Html, href } from '../../console/html.ts';
import { signInPage } from '../../console/pages/problem.ts';
import type { ConsolePorts } from '../../console/ports.ts';
import { type ConsoleResponse, immutable, page, seeOther } from '../../console/response.ts';
import { answerConsole, problem } from '../../console/router.ts';
import { sources } from '../../shared/sources/index.ts';
import { COLUMN_SIZE, COLUMNS_FOLD, columnReader } from '../../shared/stages/columns.ts';
import { readCursor } from '../../shared/stages/fold-runner.ts';
import { readAssets } from './console-assets.ts';
import { openSessions, SESSION_S, type Session, sameSecret } from './console-session.ts';
import type { Hub } from './hub.ts';
import type { HubRequest, Route } from './route.ts';
import { ruleListings } from './rule-listings.ts';
import { userName } from './user-name.ts';
import { verificationsOf } from './verifications.ts';

export interface ConsoleOptions {
  readonly hub: Hub;
  /** Folders of rules beside our own. */
  readonly rules: readonly string[];
  /** Commits what waits and brings every fold up to it, in its turn. */
  readonly settle: () => Promise<void>;
  /** A browser was let in by the link, which lets nobody in again. */
  readonly opened: () => void;
  readonly failed: (error: Error) => void;
}

export interface LocalConsole {
  readonly route: Route;
  /** Path of the link that lets one browser in. */
  link(): string;
  close(): Promise<void>;
}

/** The folder that commands look in when nobody names one. */
const FOLDER_DEFAULT = '.trailproof';
/** A trail that was verified so lately is not verified again at each start. */
const VERIFIED_MS = 24 * 3_600_000;

/** The console of a hub on this machine: pages for whoever opened the link that the terminal shows. */
export async function openConsole(options: ConsoleOptions): Promise<LocalConsole> {
  const { hub } = options;
  const { trail } = hub;
  const verifications = verificationsOf(trail, options.failed);
  const ports: ConsolePorts = {
    objects: trail.objects,
    table: trail.table,
    columns: columnReader(trail.table),
    signer: trail.ports.signer,
    clock: trail.ports.clock,
    assets: readAssets(),
    rules: await ruleListings(options.rules),
    runbooks: hub.rules.runbooks,
    alerts: deskOver({ ...trail.ports, settle: options.settle }),
    verifications,
    sources: sources.map(({ id }) => id),
    dataFolder: trail.folder === FOLDER_DEFAULT ? undefined : trail.folder,
    alarms: () => trail.alarms,
  };
  const sessions = openSessions(() => ports.clock().getTime(), options.opened);
  const last = await verifications.last();
  if (last === undefined || ports.clock().getTime() - last.atMs > VERIFIED_MS) verifications.begin();
  let isClosed = false;
  const warming = warm(ports, () => isClosed).catch(options.failed);
  return {
    // The cookies of one address are sent to every port of it: two hubs must not take each other's.
    route: routeOf(ports, sessions, `trailproof-${trail.keys.vkey.split('+')[1] ?? ''}`),
    link: () => `/open?token=${sessions.token()}`,
    close: async () => {
      isClosed = true;
      await warming;
      await verifications.close();
    },
  };
}

/** Entries whose columns are read at a time; between two such steps everybody else has their turn. */
const WARM_STEP = 10 * COLUMN_SIZE;

/** Reads what every page counts from, so that the first page waits no longer than the others. */
async function warm({ table, columns }: ConsolePorts, isClosed: () => boolean): Promise<void> {
  const end = await readCursor(table, COLUMNS_FOLD);
  for (let next = WARM_STEP; next - WARM_STEP < end && !isClosed(); next += WARM_STEP) {
    await columns.read(Math.min(next, end));
    await turn();
  }
}

function routeOf(ports: ConsolePorts, sessions: ReturnType<typeof openSessions>, cookie: string): Route {
  const css = ports.assets.find(({ name }) => name === 'console.css')?.path ?? '';
  const name = userName();
  return async (request) => {
    if (request.path.startsWith('/ingest')) return undefined;
    const asset = ports.assets.find(({ path }) => path === request.path);
    if (asset !== undefined && isRead(request)) return immutable(asset.type, asset.bytes);
    if (request.path === '/open' && request.method === 'GET')
      return opened(request, sessions, { cookie, css });
    const session = sessions.find(cookieOf(request, cookie));
    if (session === undefined) return page(401, signInPage({ css }, here(request)));
    if (request.method === 'POST' && !isOwnForm(request, session)) {
      return problem(ports, {
        status: 403,
        title: 'This form is not valid any more',
        message:
          'It was made for another session or another page. Go back, reload the page, and send it again.',
      });
    }
    return answerConsole(ports, request, { name, formToken: session.formToken });
  };
}

function isRead({ method }: HubRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The token leaves the address at once, so that it stays in no history and is seen over no shoulder. */
function opened(
  request: HubRequest,
  sessions: ReturnType<typeof openSessions>,
  { cookie, css }: { readonly cookie: string; readonly css: string },
): ConsoleResponse {
  const id = sessions.open(request.query.get('token') ?? '');
  // Whoever is in already, and opens an old link, goes on.
  if (id === undefined) {
    const isIn = sessions.find(cookieOf(request, cookie)) !== undefined;
    return isIn ? seeOther('/') : page(401, signInPage({ css }, href('/')));
  }
  return seeOther('/', {
    'set-cookie': `${cookie}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_S}`,
  });
}

function cookieOf({ headers }: HubRequest, name: string): string | undefined {
  const found = (headers['cookie'] ?? '').split(/; ?/).find((part) => part.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** The same address, for who was sent here by another site, with which a strict cookie is not sent. */
function here({ method, path, query }: HubRequest): Html {
  if (method !== 'GET' || !path.startsWith('/') || path.startsWith('//')) return href('/');
  return href(path, Object.fromEntries(query));
}

/** Sent from a page of ours, to where the form was made for. */
function isOwnForm(request: HubRequest, session: Session): boolean {
  const { headers, path, body } = request;
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return false;
  if (headers['origin'] !== undefined && headers['origin'] !== `http://${headers['host'] ?? ''}`)
    return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const token = new URLSearchParams(Buffer.from(body).toString('utf8')).get('token') ?? '';
  return sameSecret(token, session.formToken(path));
}
