import { createRequire } from 'node:module';
import type { ErrorObject } from 'ajv';
import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';
import { sinks } from '../shared/sinks/index.ts';
import { addressFault } from '../shared/sinks/url.ts';
import { nearest } from './parse.ts';
import { type Schema, SECRET_REFERENCE, SETTINGS_SCHEMA } from './settings-schema.ts';

/** Loaded only where there is a file of settings: most command lines have none, and all of them should start at once. */
function validator() {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv');
  return new Ajv({
    allErrors: true,
    strict: false,
    verbose: true,
    formats: { uri: (text: string) => addressFault(text) === undefined },
  }).compile(SETTINGS_SCHEMA);
}

/** What settings of one word are, for whoever wrote another. */
const EXPECTED: Readonly<Record<string, string>> = {
  data: 'the path of a folder',
  output: 'table, json, ndjson or csv',
  origin: 'a name without spaces or plus signs, such as example.com/audit',
  port: 'a number from 0 to 65535',
  rules: 'a list of folders',
  githubSecrets: 'a list of secret references such as env:GITHUB_WEBHOOK_SECRET or file:PATH',
  pagerdutySecrets: 'a list of secret references such as env:PAGERDUTY_WEBHOOK_SECRET or file:PATH',
};

/** A fault with the node that it is at, before it has a line and a column. */
interface Found {
  readonly path: readonly string[];
  /** The key itself is wrong, and not its value. */
  readonly isKey?: true;
  readonly message: string;
}

/** The first fault of some settings by its place in the file: `trailproof.yaml:3:5: …`; undefined where there is none. */
export function settingsFault(
  content: unknown,
  {
    document,
    lines,
    file,
  }: { readonly document: Document; readonly lines: LineCounter; readonly file: string },
): string | undefined {
  // Secrets first: no other message may quote one.
  const secrets = secretFaults(content);
  const found = secrets.length > 0 ? secrets : schemaFaults(content);
  const all = found.length > 0 ? found : referenceFaults(content);
  const placed = all.map((each) => ({ ...each, offset: offsetOf(document, each) }));
  const [first] = placed.toSorted((a, b) => a.offset - b.offset);
  if (first === undefined) return undefined;
  const { line, col } = lines.linePos(first.offset);
  return `${file}:${line}:${col}: ${first.message}`;
}

function secretFaults(content: unknown): readonly Found[] {
  const lists = ['githubSecrets', 'pagerdutySecrets'].flatMap((name) =>
    secretFaultsAt(memberOf(content, name), [name]),
  );
  const own = Object.entries(objectOf(memberOf(content, 'sinks'))).flatMap(([name, settings]) => {
    const sink = sinks.find(({ id }) => id === memberOf(settings, 'type'));
    return (sink?.secrets ?? []).flatMap((secret) => {
      return secretFaultsAt(memberOf(settings, secret), ['sinks', name, secret]);
    });
  });
  return [...lists, ...own];
}

function secretFaultsAt(value: unknown, path: readonly string[]): readonly Found[] {
  if (!Array.isArray(value)) return value === undefined ? [] : secretFault(value, path);
  return value.flatMap((each, n) => secretFault(each, [...path, String(n)]));
}

function secretFault(value: unknown, path: readonly string[]): readonly Found[] {
  if (typeof value === 'string' && new RegExp(SECRET_REFERENCE).test(value)) return [];
  const where = nameOf(path);
  const message = `${where} is a reference to a secret, env:NAME or file:PATH, and never the secret itself.`;
  return [{ path, message }];
}

function schemaFaults(content: unknown): readonly Found[] {
  const validate = validator();
  if (validate(content)) return [];
  // What follows from another fault, or says only that there is one.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  const inAlternative = (each: ErrorObject) => /\/(anyOf|oneOf)\/\d+\//.test(each.schemaPath);
  const faults = errors.filter((each) => !inAlternative(each));
  // What is no map at all lacks nothing in particular.
  const isOther = ({ keyword, instancePath }: ErrorObject) =>
    keyword !== 'type' &&
    faults.some((each) => each.keyword === 'type' && each.instancePath === instancePath);
  const own = faults.filter((each) => !isOther(each)).map(foundOf);
  // A name that is misspelt is also one that is missing: it is told as what it is.
  const misspelt = own.filter(({ isKey }) => isKey);
  return misspelt.length > 0 ? misspelt : own;
}

function foundOf(error: ErrorObject): Found {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const { keyword, params, data } = error;
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    return { path: [...path, name], isKey: true, message: unknownMember(path, name, error.parentSchema) };
  }
  if (keyword === 'propertyNames' || error.propertyName !== undefined) {
    const name = String(params['propertyName'] ?? error.propertyName);
    const message = `${nameOf(path)} are named in lower-case letters, digits, dots, hyphens and underscores; found ${quoted(name)}.`;
    return { path: [...path, name], isKey: true, message };
  }
  const [first = ''] = path;
  const simple = Object.hasOwn(EXPECTED, first) ? EXPECTED[first] : undefined;
  if (simple !== undefined) {
    const place = path.length > 1 && keyword !== 'type' ? path : [first];
    return { path: place, message: `${first} is ${simple}; found ${quoted(data)}.` };
  }
  const where = path.length === 0 ? 'the file' : nameOf(path);
  // Not repeated: a part of an address may be a secret.
  if (keyword === 'format') return { path, message: `${where}: ${addressFault(String(data))}.` };
  // Of what stands under sinks only what has a name is known to be no secret.
  const found = first === 'sinks' && path.length < 3 ? kindOf(data) : quoted(data);
  return { path, message: `${where} ${expectation(error)}; found ${found}.` };
}

function unknownMember(path: readonly string[], name: string, schema: Schema | undefined): string {
  const known = Object.keys((schema?.['properties'] as object | undefined) ?? {});
  const near = nearest(name, known);
  const hint = near === undefined ? `known: ${known.join(', ')}.` : `did you mean "${near}"?`;
  return path.length === 0
    ? `unknown setting "${name}"; ${hint}`
    : `unknown member "${name}" of ${nameOf(path)}; ${hint}`;
}

function expectation({ keyword, params, schema, parentSchema, data }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return `needs ${String(params['missingProperty'])}`;
    case 'enum': {
      const words = (schema as readonly unknown[]).map(String);
      const near = typeof data === 'string' ? nearest(data, words) : undefined;
      return `is one of ${words.join(', ')}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
    }
    case 'type': {
      const hint =
        schema === 'string' && typeof data === 'number' ? ' (in quotes, where it could be a number)' : '';
      return `is ${TYPES[String(schema)] ?? String(schema)}${hint}`;
    }
    case 'minItems':
      return `needs at least ${String(schema)}`;
    case 'maxItems':
    case 'maxProperties':
      return `has at most ${String(schema)}`;
    case 'oneOf':
    case 'anyOf':
      return alternatives(schema as readonly Schema[]);
    default:
      return `does not fit (${asClause(String(parentSchema?.['description'] ?? keyword))})`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
  integer: 'a whole number',
};

function alternatives(schemas: readonly Schema[]): string {
  const required = schemas.map((each) => each['required']);
  if (required.every((names) => Array.isArray(names))) {
    return `needs ${required.map((names) => names.join(' and ')).join(', or ')}`;
  }
  const words = schemas[0]?.['enum'];
  return Array.isArray(words) ? `is one or a list of ${words.join(', ')}` : 'is a text or a list of texts';
}

/** Routes name sinks that there are. */
function referenceFaults(content: unknown): readonly Found[] {
  const names = Object.keys(objectOf(memberOf(content, 'sinks')));
  return listed(memberOf(content, 'routes')).flatMap((route, n) =>
    listed(memberOf(route, 'sinks')).flatMap((sink, i): readonly Found[] => {
      if (typeof sink !== 'string' || names.includes(sink)) return [];
      const near = nearest(sink, names);
      const hint = near === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
      const path = ['routes', String(n), 'sinks', String(i)];
      return [{ path, message: `there is no sink "${sink}" under sinks; ${hint}` }];
    }),
  );
}

/** Where a node begins; of a member that is missing, where its map does. */
function offsetOf(document: Document, { path, isKey }: Found): number {
  const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  if (isKey) {
    const map = document.getIn(steps.slice(0, -1), true) ?? document.contents;
    const pair = isMap(map)
      ? map.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
      : undefined;
    if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  for (let length = steps.length; length > 0; length -= 1) {
    const node = document.getIn(steps.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function nameOf(path: readonly string[]): string {
  return path.map((step, n) => (/^\d+$/.test(step) ? `[${step}]` : n === 0 ? step : `.${step}`)).join('');
}

/** A description as it stands in the middle of a sentence. */
function asClause(description: string): string {
  return description.charAt(0).toLowerCase() + description.slice(1).replace(/\.$/, '');
}

function kindOf(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  return typeof found === 'string' ? 'a text' : quoted(found);
}

/** A text as it is; of a map only the names, since its values may be anything. */
function quoted(found: unknown): string {
  if (Array.isArray(found) && found.length === 0) return 'an empty list';
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) {
    const names = Object.keys(found).slice(0, 10);
    return names.length === 0 ? 'an empty map' : `${names.join(', ').replace(/, ([^,]*)$/, ' and $1')}`;
  }
  const text = JSON.stringify(found) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function memberOf(value: unknown, name: string): unknown {
  return Object.hasOwn(objectOf(value), name) ? objectOf(value)[name] : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
