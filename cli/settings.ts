import { existsSync, readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { AlertSettings, SinkSettings } from '../functions/local/alert-settings.ts';
import { MATCH_MEMBERS, type Match, type RouteRule } from '../shared/alert/route.ts';
import type { OutputFormat, Settings } from './command.ts';
import { IoError, UsageError } from './command.ts';
import { settingsFault } from './settings-fault.ts';

export interface FileSettings {
  readonly data?: string;
  readonly output?: OutputFormat;
  readonly origin?: string;
  readonly port?: number;
  readonly rules?: readonly string[];
  readonly githubSecrets?: readonly string[];
  readonly pagerdutySecrets?: readonly string[];
  readonly sinks?: Readonly<Record<string, SinkSettings>>;
  readonly routes?: readonly FileRoute[];
  readonly environments?: Readonly<
    Record<string, { readonly accounts?: readonly string[]; readonly resources?: readonly string[] } | null>
  >;
  readonly links?: { readonly base: string };
}

interface FileRoute {
  readonly match?: Readonly<Partial<Record<keyof Match, string | readonly string[]>>>;
  readonly sinks: readonly string[];
  readonly continue?: boolean;
}

const DEFAULT_FILE = 'trailproof.yaml';

/** The settings file to read: the one that was named, or trailproof.yaml where there is one. */
export function settingsPath(given: string | undefined): string | undefined {
  return given ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
}

export function readSettingsFile(file: string): FileSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new IoError(`Cannot read the settings file ${file}: ${(cause as Error).message}`);
  }
  return parseSettings(text, file);
}

export function parseSettings(text: string, file: string): FileSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const isSecond = error.code === 'MULTIPLE_DOCS';
    const message = isSecond ? 'expected one document, found another after ---' : error.message;
    throw new UsageError(`${file}:${line}:${col}: ${message}.`);
  }
  const content = contentOf(document, file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UsageError(`${file}:1:1: expected settings such as "data: .trailproof", found no mapping.`);
  }
  const fault = settingsFault(content, { document, lines, file });
  if (fault !== undefined) throw new UsageError(fault);
  return content as FileSettings;
}

function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new UsageError(`${file}:1:1: expected settings, found aliases of aliases that stand for too much.`);
  }
}

const OUTPUTS: readonly string[] = ['table', 'json', 'ndjson', 'csv'] satisfies readonly OutputFormat[];

/** A flag beats the environment (`TRAILPROOF_…`), which beats the file. */
export function chooseSettings(
  file: FileSettings,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly data: string; readonly output: OutputFormat; readonly settings: Settings } {
  const output = environment['TRAILPROOF_OUTPUT'] ?? file.output ?? 'table';
  if (!OUTPUTS.includes(output)) {
    throw new UsageError(`TRAILPROOF_OUTPUT is table, json, ndjson or csv; found "${output}".`);
  }
  const origin = environment['TRAILPROOF_ORIGIN'] ?? file.origin;
  return {
    data: environment['TRAILPROOF_DATA'] ?? file.data ?? '.trailproof',
    output: output as OutputFormat,
    settings: {
      rules: file.rules ?? [],
      githubSecrets: file.githubSecrets ?? [],
      alerts: alertSettings(file),
      ...(origin === undefined ? {} : { origin }),
      ...(file.port === undefined ? {} : { port: file.port }),
    },
  };
}

/** The file's sinks, routes and environments, as everything but the file reads them. */
function alertSettings({
  sinks,
  routes,
  environments,
  links,
  pagerdutySecrets,
}: FileSettings): AlertSettings {
  return {
    sinks: sinks ?? {},
    routes: (routes ?? []).map(routeOf),
    places: Object.entries(environments ?? {}).map(([environment, place]) => ({
      environment,
      accounts: place?.accounts ?? [],
      resources: place?.resources ?? [],
    })),
    pagerdutySecrets: pagerdutySecrets ?? [],
    ...(links === undefined ? {} : { linkBase: links.base.replace(/\/$/, '') }),
  };
}

function routeOf({ match = {}, sinks, continue: goesOn }: FileRoute): RouteRule {
  const members = MATCH_MEMBERS.flatMap((name) => {
    const found = match[name];
    return found === undefined ? [] : [[name, typeof found === 'string' ? [found] : found] as const];
  });
  return { match: Object.fromEntries(members) as Match, sinks, continue: goesOn };
}
