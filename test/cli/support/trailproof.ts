import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Terminal } from '../../../cli/command.ts';
import { COMMANDS } from '../../../cli/command-list.ts';
import { runCommandLine } from '../../../cli/run.ts';
import { makeStyle } from '../../../cli/ui/style.ts';

export interface Ended {
  /** Undefined where a signal ended it. */
  readonly status: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface Given {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

const LAUNCHER = fileURLToPath(new URL('../../../cli/trailproof.js', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

/** One command line in a process of its own, through the launcher, as a user's shell starts it. */
export async function trailproof(argv: readonly string[], given: Given = {}): Promise<Ended> {
  const child = launch(LAUNCHER, argv, given);
  child.stdin?.end(given.input ?? '');
  return ended(child);
}

/** The process itself, without the launcher: to signal it, or to read what it says while it runs. */
export function startTrailproof(argv: readonly string[], given: Given = {}): ChildProcess {
  return launch(MAIN, argv, given);
}

function launch(script: string, argv: readonly string[], { environment, folder }: Given): ChildProcess {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TRAILPROOF_|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  const options: SpawnOptions = {
    stdio: 'pipe',
    env: { ...Object.fromEntries(inherited), ...environment },
    ...(folder === undefined ? {} : { cwd: folder }),
  };
  return spawn(process.execPath, [script, ...argv], options);
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const [out, err] = [gather(child.stdout), gather(child.stderr)];
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status: status ?? undefined, out: await out, err: await err };
}

async function gather(stream: Readable | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export interface Look {
  readonly width?: number;
  readonly colour?: boolean;
  readonly nowMs?: number;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The same command line within this process: a start of Node takes longer than most of what is tried here. */
export async function call(argv: readonly string[], look: Look = {}): Promise<Ended> {
  const [out, err] = [sink(), sink()];
  const style = makeStyle(look.colour === true);
  const terminal: Terminal = {
    out: out.stream,
    err: err.stream,
    input: Readable.from([Buffer.from(look.input ?? '')]),
    environment: look.environment ?? {},
    now: () => new Date(look.nowMs ?? Date.now()),
    style,
    errStyle: style,
    width: look.width ?? 120,
    isInteractive: false,
  };
  const status = await runCommandLine(argv, COMMANDS, terminal);
  return { status, out: out.text(), err: err.text() };
}

function sink(): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
