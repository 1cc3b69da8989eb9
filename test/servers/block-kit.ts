/**
 * What Slack would not take of a message's blocks, by its documentation: limits, required members, members and types
 * that there are.
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export function blockFaults(blocks: unknown): readonly string[] {
  if (!Array.isArray(blocks)) return ['blocks: expected a list'];
  const faults: string[] = [];
  if (blocks.length > 50) faults.push(`blocks: at most 50, found ${blocks.length}`);
  const ids = blocks.flatMap((block) => (isObject(block) && 'block_id' in block ? [block['block_id']] : []));
  if (new Set(ids).size !== ids.length) faults.push('blocks: block_id twice');
  for (const [n, block] of blocks.entries()) {
    for (const fault of blockFault(block)) faults.push(`blocks[${n}]: ${fault}`);
  }
  return faults;
}

type Json = Readonly<Record<string, unknown>>;
type Check = (block: Json) => readonly string[];

const BLOCKS: Readonly<Record<string, { readonly members: readonly string[]; readonly check: Check }>> = {
  header: {
    members: ['text'],
    check: ({ text }) => textFaults(text, { name: 'text', max: 150, types: ['plain_text'] }),
  },
  section: {
    members: ['text', 'fields', 'accessory', 'expand'],
    check: ({ text, fields }) => [
      ...(text === undefined && fields === undefined ? ['needs text or fields'] : []),
      ...(text === undefined ? [] : textFaults(text, { name: 'text', max: 3_000 })),
      ...(fields === undefined ? [] : listFaults(fields, 'fields', 10)),
      ...each(fields, (field, n) => textFaults(field, { name: `fields[${n}]`, max: 2_000 })),
    ],
  },
  context: {
    members: ['elements'],
    check: ({ elements }) => [
      ...listFaults(elements, 'elements', 10),
      ...each(elements, (element, n) => textFaults(element, { name: `elements[${n}]`, max: 3_000 })),
    ],
  },
  actions: {
    members: ['elements'],
    check: ({ elements }) => [
      ...listFaults(elements, 'elements', 25),
      ...each(elements, buttonFaults),
      ...twice(elements, 'action_id'),
    ],
  },
  divider: { members: [], check: () => [] },
  rich_text: {
    members: ['elements'],
    check: ({ elements }) => [
      ...listFaults(elements, 'elements', Number.POSITIVE_INFINITY),
      ...each(elements, richTextFaults),
    ],
  },
};

function blockFault(block: unknown): readonly string[] {
  if (!isObject(block)) return ['expected an object'];
  const known = BLOCKS[String(block['type'])];
  if (known === undefined) return [`unknown type ${String(block['type'])}`];
  const id = block['block_id'];
  return [
    ...strangers(block, ['type', 'block_id', ...known.members]),
    ...(id === undefined || isText(id, 255) ? [] : ['block_id: 1 to 255 characters']),
    ...known.check(block),
  ];
}

function textFaults(
  value: unknown,
  { name, max, types = ['plain_text', 'mrkdwn'] }: { name: string; max: number; types?: readonly string[] },
): readonly string[] {
  if (!isObject(value)) return [`${name}: expected a text object`];
  const type = String(value['type']);
  if (!types.includes(type)) return [`${name}: type ${type} is not allowed`];
  const own = type === 'plain_text' ? ['emoji'] : ['verbatim'];
  return [
    ...strangers(value, ['type', 'text', ...own]).map((fault) => `${name}: ${fault}`),
    ...(isText(value['text'], max) ? [] : [`${name}: 1 to ${max} characters of well-formed text`]),
  ];
}

function buttonFaults(value: unknown, n: number): readonly string[] {
  const name = `elements[${n}]`;
  if (!isObject(value) || value['type'] !== 'button') return [`${name}: expected a button`];
  const { action_id: id, url, value: carried, style } = value;
  return [
    ...strangers(value, [
      'type',
      'text',
      'action_id',
      'url',
      'value',
      'style',
      'confirm',
      'accessibility_label',
    ]),
    ...textFaults(value['text'], { name: `${name}.text`, max: 75, types: ['plain_text'] }),
    ...(id === undefined || isText(id, 255) ? [] : [`${name}.action_id: 1 to 255 characters`]),
    ...(carried === undefined || isText(carried, 2_000) ? [] : [`${name}.value: 1 to 2000 characters`]),
    ...(url === undefined ||
    (isText(url, 3_000) && /^https?:\/\//.test(String(url)) && URL.canParse(String(url)))
      ? []
      : [`${name}.url: expected a URL of at most 3000 characters`]),
    ...(style === undefined || style === 'primary' || style === 'danger' ? [] : [`${name}.style: unknown`]),
  ];
}

const RICH_TEXT = ['rich_text_section', 'rich_text_preformatted', 'rich_text_quote', 'rich_text_list'];

function richTextFaults(value: unknown, n: number): readonly string[] {
  const name = `elements[${n}]`;
  if (!isObject(value) || !RICH_TEXT.includes(String(value['type']))) return [`${name}: unknown rich text`];
  return [
    ...listFaults(value['elements'], `${name}.elements`, Number.POSITIVE_INFINITY),
    ...each(value['elements'], (element, m) => {
      const place = `${name}.elements[${m}]`;
      if (value['type'] === 'rich_text_list') return richTextFaults(element, m);
      if (!isObject(element) || element['type'] !== 'text') return [`${place}: expected a text element`];
      const styles = isObject(element['style']) ? Object.entries(element['style']) : [];
      return [
        ...strangers(element, ['type', 'text', 'style']).map((fault) => `${place}: ${fault}`),
        ...(isText(element['text'], 12_000) ? [] : [`${place}: expected well-formed text`]),
        ...(styles.every(([key, on]) => ['bold', 'italic', 'strike', 'code'].includes(key) && on === true)
          ? []
          : [`${place}: unknown style`]),
      ];
    }),
  ];
}

function listFaults(value: unknown, name: string, max: number): readonly string[] {
  const isGood = Array.isArray(value) && value.length > 0 && value.length <= max;
  return isGood ? [] : [`${name}: 1 to ${max} of them`];
}

function each(value: unknown, check: (item: unknown, n: number) => readonly string[]): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item, n) => check(item, n)) : [];
}

function twice(value: unknown, member: string): readonly string[] {
  const found = Array.isArray(value) ? value.flatMap((item) => (isObject(item) ? [item[member]] : [])) : [];
  const named = found.filter((each) => each !== undefined);
  return new Set(named).size === named.length ? [] : [`${member} twice`];
}

function strangers(value: Json, known: readonly string[]): readonly string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown member ${key}`);
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= max && value.isWellFormed();
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
