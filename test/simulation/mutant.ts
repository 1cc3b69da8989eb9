import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TrailPorts } from '../../shared/trail/sequence/trail-ports.ts';
import type { Protocol } from './protocol.ts';
import type { Disaster } from './schedule.ts';
import type { Faults } from './scheduler.ts';

/** One text of the source replaced by another. The text must be there exactly once, or the mutant is out of date. */
export interface Patch {
  /** Below `shared/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The protocol without one of its clauses. */
export interface Mutant {
  /** What the protocol says, and this one does not do. */
  readonly clause: string;
  readonly patches?: readonly Patch[];
  /** For what a port promises and the clause relies on. */
  readonly weaken?: (ports: TrailPorts) => TrailPorts;
  /** What must happen for it to matter, where it does not matter in every life. */
  readonly disaster?: Disaster;
  readonly faults?: Partial<Faults>;
}

const shared = fileURLToPath(new URL('../../shared/', import.meta.url));
const roots = ['stages/append.ts', 'stages/sweep.ts', 'stages/rebuild.ts', 'ports.ts'];

/** Copies the protocol's source to a folder, changes it, and loads it from there. */
export async function loadMutant({ patches = [], weaken }: Mutant, folder: string): Promise<Protocol> {
  const sources = readSources();
  for (const { file, find, replace } of patches) {
    const text = sources.get(file) ?? '';
    if (text.split(find).length !== 2) throw new Error(`expected once in shared/${file}: ${find}`);
    sources.set(
      file,
      text.replace(find, () => replace),
    );
  }
  for (const [file, text] of sources) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const [append, sweeping, rebuilding, ports] = await Promise.all(
    roots.map((file) => import(pathToFileURL(join(folder, file)).href)),
  );
  const weak = weaken ?? ((same: TrailPorts) => same);
  return {
    enqueue: (given, entries) => append.enqueue(given, entries),
    sequence: (given, bounds, handed) => append.sequence(weak(given), bounds, handed),
    sweep: (given) => sweeping.sweep(weak(given)),
    rebuild: (given) => rebuilding.rebuild(given),
    PortError: ports.PortError,
  };
}

/** The four functions and all that they import, by path. */
function readSources(): Map<string, string> {
  const sources = new Map<string, string>();
  const wanted = [...roots];
  for (let file = wanted.pop(); file !== undefined; file = wanted.pop()) {
    if (sources.has(file)) continue;
    const text = readFileSync(join(shared, file), 'utf8');
    sources.set(file, text);
    for (const [, path = ''] of text.matchAll(/from '(\.[^']+)'/g)) {
      wanted.push(relative(shared, join(shared, dirname(file), path)).replaceAll('\\', '/'));
    }
  }
  return sources;
}
