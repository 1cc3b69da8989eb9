import { existsSync, readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { OutputFormat, Settings } from './command.ts';
import { IoError, UsageError } from './command.ts';
import { nearest } from './parse.ts';

export interface FileSettings {
  readonly data?: string;
  readonly output?: OutputFormat;
  readonly origin?: string;
  readonly port?: number;
  readonly rules?: readonly string[];
  readonly githubSecrets?: readonly string[];
}

const DEFAULT_FILE = 'trailproof.yaml';

const KEYS: Readonly<
  Record<string, { readonly expected: string; readonly accepts: (value: unknown) => boolean }>
> = {
  data: { expected: 'the path of a folder', accepts: isText },
  output: {
    expected: 'table, json, ndjson or csv',
    accepts: (value) => ['table', 'json', 'ndjson', 'csv'].includes(String(value)),
  },
  origin: {
    expected: 'a name without spaces or plus signs, such as example.com/audit',
    accepts: (value) => isText(value) && /^[^\s+]+$/.test(String(value)),
  },
  port: {
    expected: 'a number from 0 to 65535',
    accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
  },
  rules: { expected: 'a list of folders', accepts: isTexts },
  githubSecrets: {
    expected: 'a list of secret references such as env:GITHUB_WEBHOOK_SECRET or file:PATH',
    accepts: isTexts,
  },
};

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

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
  const document = parseDocument(text, { lineCounter: lines, version: '1.2' });
  const [error] = document.errors;
  if (error !== undefined) throw new UsageError(`${file}:${error.linePos?.[0].line ?? 1}: ${error.message}`);
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UsageError(`${file}:1: expected settings such as "data: .trailproof", found no mapping.`);
  }
  for (const { key, value } of isMap(document.contents) ? document.contents.items : []) {
    checkSetting(key, value, (node) => {
      const { line, col } = lines.linePos((isNode(node) ? node.range?.[0] : 0) ?? 0);
      return `${file}:${line}:${col}`;
    });
  }
  return content as FileSettings;
}

function checkSetting(key: unknown, value: unknown, place: (node: unknown) => string): void {
  const name = isScalar(key) ? String(key.value) : '';
  const known = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
  if (known === undefined) {
    const near = nearest(name, Object.keys(KEYS));
    const hint = near ? `did you mean "${near}"?` : `known: ${Object.keys(KEYS).join(', ')}.`;
    throw new UsageError(`${place(key)}: unknown setting "${name}"; ${hint}`);
  }
  const found: unknown = isNode(value) ? value.toJSON() : value;
  if (!known.accepts(found)) {
    throw new UsageError(`${place(value)}: ${name} is ${known.expected}; found ${JSON.stringify(found)}.`);
  }
}

/** A flag beats the environment (`TRAILPROOF_…`), which beats the file. */
export function chooseSettings(
  file: FileSettings,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly data: string; readonly output: OutputFormat; readonly settings: Settings } {
  const output = environment['TRAILPROOF_OUTPUT'] ?? file.output ?? 'table';
  if (!KEYS['output']?.accepts(output)) {
    throw new UsageError(`TRAILPROOF_OUTPUT is table, json, ndjson or csv; found "${output}".`);
  }
  const origin = environment['TRAILPROOF_ORIGIN'] ?? file.origin;
  return {
    data: environment['TRAILPROOF_DATA'] ?? file.data ?? '.trailproof',
    output: output as OutputFormat,
    settings: {
      rules: file.rules ?? [],
      githubSecrets: file.githubSecrets ?? [],
      ...(origin === undefined ? {} : { origin }),
      ...(file.port === undefined ? {} : { port: file.port }),
    },
  };
}
