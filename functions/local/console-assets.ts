import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Asset } from '../../console/ports.ts';

const TYPES = {
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The static files of the console, each under a path that has the hash of its bytes in it. */
export function readAssets(): readonly Asset[] {
  return Object.entries(TYPES).map(([name, type]) => {
    const file = readFileSync(new URL(`../../console/static/${name}`, import.meta.url));
    const bytes = name.endsWith('.css') ? Buffer.from(tight(file.toString('utf8'))) : file;
    const dot = name.lastIndexOf('.');
    const mark = hash('sha256', bytes, 'hex').slice(0, 16);
    return { name, type, bytes, path: `/static/${name.slice(0, dot)}.${mark}${name.slice(dot)}` };
  });
}

/** Without the comments and the space that are for people. */
function tight(css: string): string {
  return css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .trim();
}
