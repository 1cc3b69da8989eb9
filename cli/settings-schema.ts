import { MATCH_MEMBERS } from '../shared/alert/route.ts';
import { SEVERITY_ORDER } from '../shared/alert/state.ts';
import { sinks } from '../shared/sinks/index.ts';

/** A part of a JSON Schema, as far as it is written here. */
export type Schema = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string', minLength: 1, maxLength: 500 };
const TEXTS = { type: 'array', items: TEXT, maxItems: 200 };
/** Names of sinks and environments: they stand in rows, links and commands. */
const NAME = '^[a-z0-9][a-z0-9._-]{0,63}$';

/** Secrets stand in settings by reference. */
export const SECRET_REFERENCE = '^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$';
const REFERENCE = { type: 'string', pattern: SECRET_REFERENCE };

/** A sink's own settings, with its type, and its secrets as what they have to be: references. */
function sinkSchema({ id, schema, secrets }: (typeof sinks)[number]): Schema {
  const own = schema['properties'] as Readonly<Record<string, Schema>>;
  const properties = Object.entries(own).map(([name, property]) => {
    if (!secrets.includes(name)) return [name, property];
    const isList = property['type'] === 'array';
    return [name, isList ? { ...property, items: REFERENCE } : { ...property, ...REFERENCE }];
  });
  return { ...schema, properties: { type: { const: id }, ...Object.fromEntries(properties) } };
}

function matchSchema(): Schema {
  const list = (item: Schema) => ({
    anyOf: [item, { type: 'array', items: item, minItems: 1, maxItems: 100 }],
  });
  const severity = list({ enum: [...SEVERITY_ORDER] });
  const properties = MATCH_MEMBERS.map((name) => [name, name === 'severity' ? severity : list(TEXT)]);
  return {
    description: 'What an alert has to be: of every member, one of its values; * stands for anything.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}

const ROUTE: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['sinks'],
  properties: {
    match: matchSchema(),
    sinks: { description: 'Names of sinks; none keeps the alert here.', ...TEXTS },
    continue: { description: 'Goes on to the routes after it, too.', type: 'boolean' },
  },
};

const ENVIRONMENT: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    accounts: {
      description: 'Cloud accounts, subscriptions, projects and organisations, by id or name; * is anything.',
      ...TEXTS,
    },
    resources: {
      description: 'Repositories, clusters, namespaces and other resources, by name or id; * is anything.',
      ...TEXTS,
    },
  },
};

/** What trailproof.yaml may hold; published as docs/schemas/trailproof.schema.json. */
export const SETTINGS_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'trailproof.yaml',
  type: 'object',
  additionalProperties: false,
  properties: {
    data: { description: 'The data folder.', type: 'string', minLength: 1 },
    output: { description: 'How lists are shown.', enum: ['table', 'json', 'ndjson', 'csv'] },
    origin: { description: 'The name of a new trail.', type: 'string', pattern: '^[^\\s+]+$' },
    port: { description: 'Where the hub listens.', type: 'integer', minimum: 0, maximum: 65_535 },
    rules: {
      description: 'Folders of rules beside ours.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
    },
    githubSecrets: {
      description: 'References to secrets of GitHub webhooks, newest first.',
      type: 'array',
      items: REFERENCE,
    },
    pagerdutySecrets: {
      description: 'References to secrets of PagerDuty webhook subscriptions, newest first.',
      type: 'array',
      items: REFERENCE,
    },
    sinks: {
      description: 'Where alerts can go, by a name of yours.',
      type: 'object',
      propertyNames: { pattern: NAME },
      maxProperties: 50,
      additionalProperties: {
        type: 'object',
        required: ['type'],
        properties: { type: { enum: sinks.map(({ id }) => id) } },
        allOf: sinks.map((sink) => ({
          if: { required: ['type'], properties: { type: { const: sink.id } } },
          // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema.
          then: sinkSchema(sink),
        })),
      },
    },
    routes: {
      description: 'Which alerts go where: the first that matches decides. Without one, all go everywhere.',
      type: 'array',
      items: ROUTE,
      maxItems: 200,
    },
    environments: {
      description: 'What belongs to which environment; the first that matches counts.',
      type: 'object',
      propertyNames: { pattern: NAME },
      maxProperties: 50,
      additionalProperties: ENVIRONMENT,
    },
    links: {
      description: 'Where people who are sent an alert reach the console.',
      type: 'object',
      additionalProperties: false,
      required: ['base'],
      properties: {
        base: {
          description: 'Address of the console, such as https://trail.example.com',
          type: 'string',
          pattern: '^https?://[^\\s?#]+$',
        },
      },
    },
  },
};
