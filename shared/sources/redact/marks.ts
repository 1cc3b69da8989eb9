/**
 * One look at a record's text for everything that a secret could be told by. Most records hold nothing of the kind,
 * and a dozen regular expressions over each of them would cost more than mapping it. What is found here only says
 * which of those are worth running: a mark too many costs time, one too few would cost a secret.
 */

/** Bits of `marksOf`. */
export const TOKEN_MARK = 1 << 24;
export const SPACED_MARK = 1 << 25;
export const PROGRAM_MARK = 1 << 26;
export const NAME_MARK = 1 << 27;

/** Which marks a text holds, letters in either case. */
export function marksOf(text: string): number {
  const bytes = Buffer.from(text);
  let found = 0;
  let state = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const step = STEPS[(state & STATE_BITS) + (CLASSES[bytes[at] as number] as number)] as number;
    found |= step;
    state = step;
  }
  return found & ~STATE_BITS;
}

/** Low bits of a step: the next state, times the number of classes. */
const STATE_BITS = (1 << 24) - 1;

/** Any byte of a character that is not ASCII: some of those are white space. */
const OTHER = '\u0080';
const SPACES = [' ', '\t', '\n', '\v', '\f', '\r', OTHER];
const QUOTE_OR_ESCAPE = ['"', '\\'];

/** Beginnings of all that shapes.ts looks for. */
const TOKENS = [
  ...['.eyj', '.slack.', 'xox', 'xapp-', '-----begin', 'glpat-', 'glptt-', 'gldt-', 'glrt-', 'glcbt-'],
  ...['aiza', 'ya29.', 'hvs.', 'ls0tls1crudjti', 'gocspx-', 'sg.', 'sk-', 'pypi-', 'atlasv1', 'dapi'],
  ...['/webhooks/', 'secret-key-', 'bearer', 'basic ', 'token '],
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', '_pat_', 'npm_', '_live_', '_test_', 'shp'],
  ...['dop_v1_', 'doo_v1_', 'dor_v1_'],
];

/** Words before a value that keyed.ts looks for, where a sign or a space follows. */
const SPACED = ['password', 'passwd', 'passphrase', 'pwd', 'secret', 'token', 'key'].flatMap((word) =>
  [':', '=', ...SPACES].map((sign) => word + sign),
);

/** Programs of command-line.ts. */
const PROGRAMS = ['curl', 'wget', 'mysql', 'mariadb', 'sshpass', 'docker login', 'podman login'];

/** What secret-names.ts looks for in names. */
const NAMES = [
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd"', 'secret', 'credential', 'sas', 'privatekey'],
  ...['token', 'tokens', 'tokenvalue', 'tokensvalue', 'key', 'keys', 'header', 'headers'].flatMap((name) =>
    QUOTE_OR_ESCAPE.map((sign) => name + sign),
  ),
  ...['', '_', '-', '_-'].map((sign) => `connection${sign}string`),
  ...['data', 'value'].flatMap((word) => ['', '_', '-'].map((sign) => `key${sign}${word}`)),
  ...Array.from({ length: 10 }, (_, digit) => `key${digit}`),
  ...['customdata', 'custom_data', 'jwt', 'plaintext', 'kubeconfig', 'protectedsettings', 'stringdata'],
  ...['secureparameters', 'appsettings', '"env"', 'envvars', 'environmentvariables', 'environment_variables'],
];

const PATTERNS: readonly (readonly [text: string, mark: number])[] = [
  ...TOKENS.map((text) => [text, TOKEN_MARK] as const),
  ...SPACED.map((text) => [text, SPACED_MARK] as const),
  ...PROGRAMS.map((text) => [text, PROGRAM_MARK] as const),
  ...NAMES.map((text) => [text, NAME_MARK] as const),
];

/** Bytes that no pattern has are one class; capitals are of the class of their small letters. */
const CLASSES = classesOf(PATTERNS.map(([text]) => text));
const CLASS_COUNT = Math.max(...CLASSES) + 1;
const STEPS = stepsOf(PATTERNS);

function classesOf(texts: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256);
  let count = 0;
  for (const character of new Set(texts.join(''))) {
    count += 1;
    const code = character.charCodeAt(0);
    if (character === OTHER) classes.fill(count, 0x80);
    else classes[code] = count;
    const capital = character.toUpperCase().charCodeAt(0);
    if (capital < 0x80) classes[capital] = count;
  }
  return classes;
}

/** The automaton of Aho and Corasick, with a step for every state and class: `state * CLASS_COUNT + class`. */
function stepsOf(patterns: typeof PATTERNS): Int32Array {
  const children: Map<number, number>[] = [new Map()];
  const marks: number[] = [0];
  for (const [text, mark] of patterns) {
    let node = 0;
    for (const character of text) {
      const step = CLASSES[character.charCodeAt(0)] as number;
      const next = children[node]?.get(step) ?? children.push(new Map()) - 1;
      children[node]?.set(step, next);
      node = next;
    }
    marks[node] = (marks[node] ?? 0) | mark;
  }
  const steps = new Int32Array(children.length * CLASS_COUNT);
  const back = new Array<number>(children.length).fill(0);
  const queue = [0];
  for (let at = 0; at < queue.length; at += 1) {
    const node = queue[at] as number;
    for (let step = 0; step < CLASS_COUNT; step += 1) {
      const child = children[node]?.get(step);
      const fallback = node === 0 ? 0 : (steps[(back[node] as number) * CLASS_COUNT + step] as number);
      if (child === undefined) {
        steps[node * CLASS_COUNT + step] = fallback;
        continue;
      }
      back[child] = (fallback & STATE_BITS) / CLASS_COUNT;
      marks[child] = (marks[child] ?? 0) | (marks[back[child] as number] ?? 0);
      steps[node * CLASS_COUNT + step] = (child * CLASS_COUNT) | (marks[child] as number);
      queue.push(child);
    }
  }
  return steps;
}
