/** Writes what `npm start` prints into README.md, between its markers: `node tools/transcript.ts`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trailproof-'));
const FROM = '2  Then one night';
const TO = 'Try next';

const printed = execFileSync(process.execPath, [join(root, 'cli/main.ts'), 'demo'], {
  cwd: folder,
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
});
rmSync(folder, { recursive: true });
const part = printed.slice(printed.indexOf(FROM), printed.indexOf(TO)).trimEnd();
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const updated = readme.replace(
  /<!-- transcript -->[\s\S]*<!-- \/transcript -->/,
  () => `<!-- transcript -->\n\`\`\`\n${part.replaceAll(/ +$/gm, '')}\n\`\`\`\n<!-- /transcript -->`,
);
writeFileSync(join(root, 'README.md'), updated);
