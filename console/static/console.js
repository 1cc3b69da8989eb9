// What the console does beyond its pages: keys, copying, local times, news of the trail, and the check of proofs.
// Every page works without it.

const main = () => {
  for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false;
  document.addEventListener('click', onClick);
  document.addEventListener('keydown', onKey);
  for (const kind of ['pointerover', 'focusin']) document.addEventListener(kind, onTime);
  watchTrail();
  startProof();
};

const onClick = async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  const said = button.firstChild;
  const before = said.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    said.textContent = 'Copied';
  } catch {
    said.textContent = 'Not copied';
  }
  setTimeout(() => {
    said.textContent = before;
  }, 1500);
};

const isWriting = (target) =>
  target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);

const onKey = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWriting(event.target)) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (event.key === '/') {
    event.preventDefault();
    const box = document.getElementById('find');
    box?.focus();
    box?.select();
  } else if (event.key === '?') {
    location.assign('/help');
  } else if (event.key === 'j' || event.key === 'k') {
    const rows = [...document.querySelectorAll('a[data-row]')];
    const at = rows.indexOf(document.activeElement);
    const next = event.key === 'j' ? at + 1 : at < 0 ? rows.length - 1 : at - 1;
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
  }
};

const onTime = (event) => {
  const time = event.target.closest?.('time') ?? event.target.querySelector?.(':scope > time');
  if (!time || time.title) return;
  const date = new Date(time.dateTime);
  if (Number.isNaN(date.getTime())) return;
  const local = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
  time.title = `${time.dateTime}\n${local}\n${age(Date.now() - date.getTime())}`;
};

const age = (ms) => {
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ];
  const [unit, size] = units.find(([, each]) => Math.abs(ms) >= each) ?? units[3];
  return format.format(-Math.round(ms / size), unit);
};

// ---- News of the trail: said in a place of its own, so that nothing moves under who is reading.

const WATCH_MS = 5000;

const watchTrail = () => {
  const place = document.getElementById('live');
  const size = Number(document.body.dataset.size);
  if (!place || Number.isNaN(size)) return;
  const look = async () => {
    if (document.visibilityState !== 'visible') return;
    try {
      const answer = await fetch('/live', { headers: { accept: 'application/json' } });
      if (answer.status === 401) return say(place, 'This browser was signed out.');
      if (!answer.ok) return;
      const more = (await answer.json()).size - size;
      if (more > 0)
        say(place, `${more.toLocaleString('en-US')} new ${more === 1 ? 'entry' : 'entries'}`, 'Show');
    } catch {
      say(place, 'The hub does not answer.');
    }
  };
  setInterval(look, WATCH_MS);
};

const say = (place, text, action) => {
  if (place.dataset.said === text) return;
  place.dataset.said = text;
  place.textContent = `${text} `;
  if (!action) return;
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = action;
  place.append(link);
};

// ---- Proofs: SHA-256 and Ed25519 by the browser itself. RFC 6962 hashing; C2SP tlog-proof, checkpoint, signed-note.

const text = new TextEncoder();
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', joined(parts)));

const joined = (parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const isSame = (a, b) => a.length === b.length && a.every((byte, n) => byte === b[n]);

const startProof = () => {
  const place = document.querySelector('[data-proof]');
  if (!place) return;
  const again = place.querySelector('[data-check-again]');
  again.hidden = false;
  again.addEventListener('click', () => checkProof(place));
  checkProof(place);
};

const checkProof = async (place) => {
  const results = {};
  try {
    const answer = await fetch(place.dataset.proof);
    if (!answer.ok) throw new Error('the proof cannot be fetched');
    await check(await answer.json(), place.querySelector('#vkey').value.trim(), results);
  } catch (error) {
    results.fault = error instanceof Error ? error.message : String(error);
  }
  showProof(place, results);
};

const check = async ({ line, entry, proof }, vkey, results) => {
  const split = proof.indexOf('\n\n');
  const [header, second, ...path] = proof.slice(0, split).split('\n');
  const index = Number(/^index (\d{1,15})$/.exec(second)?.[1] ?? Number.NaN);
  if (header !== 'c2sp.org/tlog-proof@v1' || !Number.isSafeInteger(index))
    throw new Error('the proof is malformed');
  const note = proof.slice(split + 2);
  const [origin, size, root] = note.split('\n');
  const said = JSON.parse(entry);
  results.line =
    line === null
      ? undefined
      : said.k === 'event'
        ? isSame(await sha256(text.encode(line)), bytesOf(said.h))
        : line === entry;
  const leaf = await sha256(new Uint8Array([0]), text.encode(entry));
  const climbed = await climb(leaf, index, Number(size), path.map(bytesOf));
  results.path = climbed !== undefined && isSame(climbed, bytesOf(root));
  results.signature = await isSigned(note, origin, vkey);
};

/** RFC 9162 section 2.1.3.2. */
const climb = async (leaf, index, size, path) => {
  if (!(index < size)) return undefined;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    const one = new Uint8Array([1]);
    if (node % 2 === 1 || node === last) {
      hash = await sha256(one, sibling, hash);
      while (node % 2 === 0 && node > 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = await sha256(one, hash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
};

/** A line `— <name> <base64 of key id and signature>` under the note's text, by the key that was given. */
const isSigned = async (note, origin, vkey) => {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey);
  if (!found) throw new Error('the key is not of the form <name>+<8 hex digits>+<base64>');
  const [, name, id, base64] = found;
  const key = bytesOf(base64);
  const own = (await sha256(text.encode(`${name}\n`), key)).slice(0, 4);
  if (key[0] !== 1 || key.length !== 33 || hex(own) !== id)
    throw new Error('the key is not an Ed25519 key of its name');
  if (name !== origin) return false;
  const end = note.lastIndexOf('\n\n');
  const signed = text.encode(note.slice(0, end + 1));
  const imported = await importKey(key.slice(1));
  if (imported === undefined) return null;
  for (const line of note.slice(end + 2).split('\n')) {
    const [mark, signer, signature] = line.split(' ');
    if (mark !== '—' || signer !== name) continue;
    const bytes = bytesOf(signature);
    if (hex(bytes.slice(0, 4)) !== id || bytes.length !== 68) continue;
    if (await crypto.subtle.verify('Ed25519', imported, bytes.slice(4), signed)) return true;
  }
  return false;
};

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Undefined in a browser that has no Ed25519. */
const importKey = async (raw) => {
  try {
    return await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  } catch {
    return undefined;
  }
};

const WORDS = {
  true: ['yes', 'holds'],
  false: ['no', 'does not hold'],
  null: ['none', 'this browser cannot check Ed25519'],
};

const showProof = (place, results) => {
  for (const item of place.querySelectorAll('[data-check]')) {
    const result = results[item.dataset.check];
    const [mark, word] = WORDS[result] ?? [
      'none',
      item.dataset.check === 'line' && results.path ? 'erased' : 'not checked',
    ];
    item.className = result === true ? 'good' : result === false ? 'bad' : '';
    item.querySelector('use').setAttribute('href', `#s-${mark}`);
    item.querySelector('.said').textContent = word;
  }
  const { line, path, signature, fault } = results;
  const isWrong = line === false || path === false || signature === false;
  const verdict = place.querySelector('.verdict');
  verdict.className = `verdict ${isWrong || fault ? 'bad' : signature ? 'good' : ''}`;
  place
    .querySelector('.verdict use')
    .setAttribute('href', `#s-${isWrong || fault ? 'no' : signature ? 'yes' : 'none'}`);
  verdict.querySelector('span').textContent = fault
    ? `It could not be checked: ${fault}.`
    : isWrong
      ? 'This is not what was committed to.'
      : signature
        ? 'Proven in this browser: it is where it was, as it was.'
        : 'In its place, by its path. For the signature use the commands below: this browser has no Ed25519.';
};

main();
