import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StoryOptions, tellStory } from '../../examples/story/story.ts';
import { placesIn } from '../../functions/local/compose.ts';
import { openHub } from '../../functions/local/hub.ts';
import { type Call, type Command, type ExitStatus, UsageError } from '../command.ts';
import {
  alertsChapter,
  endChapter,
  fortnightChapter,
  proofChapter,
  questionChapter,
  tamperChapter,
  writeStory,
} from '../demo/chapters.ts';
import { sendWhatIsDue } from '../demo/send.ts';
import { readCount } from '../values.ts';
import { stay } from './start.ts';

const FOLDER = '.trailproof-demo';
const SEED = 20_260_504;
const VOLUME_MAX = 100;

export const demo: Command = {
  name: 'demo',
  summary: 'a story told with events of four systems, on a trail of its own',
  usage: '',
  about:
    'A fortnight of deliveries by three teams over GitHub, AWS, Azure and Google Cloud, and then one bad night. Takes the ' +
    `events in as their vendors deliver them, into ${FOLDER} (made anew each time), shows what was found, proves one event, ` +
    'verifies the whole trail, and shows what happens when somebody changes it. On a terminal the hub then stays until ' +
    'Ctrl-C.',
  options: [
    { name: 'data', value: 'DIR', about: `a folder for the demo alone (default ${FOLDER})` },
    { name: 'volume', value: 'COUNT', about: `a company of so many times three teams (1 to ${VOLUME_MAX})` },
  ],
  examples: [
    { line: 'demo', does: 'the same as npm start' },
    { line: 'demo --volume 100', does: 'the same night among a hundred times the events' },
  ],
  positionals: { min: 0, max: 0, name: '' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const folder = call.option('data') ?? FOLDER;
  const { now } = call.terminal;
  const volume = readCount(call, 'volume') ?? 1;
  if (volume < 1 || volume > VOLUME_MAX)
    throw new UsageError(`--volume is a number from 1 to ${VOLUME_MAX}; found ${volume}.`);
  clear(folder);
  const { attackStartsMs, files } = tell(folder, { nowMs: now().getTime(), seed: SEED, volume });
  const settings = { origin: 'larkspur.example/audit', rules: [], alerts: call.settings.alerts };
  const hub = await openHub({ folder, settings, now });
  try {
    const stage = { call, hub, folder, attackStartsMs };
    await fortnightChapter(stage, files.fortnight);
    const alerts = await alertsChapter(stage, files.night);
    const answer = await questionChapter(stage);
    await proofChapter(stage, answer);
    await tamperChapter(stage, answer);
    endChapter(stage, alerts);
    if (call.terminal.isInteractive) await stay({ call, hub, folder, watch: [] });
    else await sendWhatIsDue(call, hub);
    return 0;
  } finally {
    hub.close();
  }
}

/** Tells the story into files. It is not kept: at a hundred times the volume it is half a gigabyte. */
function tell(folder: string, options: StoryOptions) {
  const story = tellStory(options);
  return { attackStartsMs: story.attackStartsMs, files: writeStory(folder, story) };
}

/** Only ever what a demo made: a trail of the user's own is never cleared, and never holds a demo's events. */
function clear(folder: string): void {
  const marker = join(folder, 'made-by-demo');
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(marker)) {
    throw new UsageError(
      `${folder} holds something that no demo made; the demo needs a folder of its own (default ${FOLDER}).`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(marker, 'The demo makes this folder anew each time it starts.\n');
  const { trail, table, keys } = placesIn(folder);
  for (const path of [trail, keys, table, `${table}-wal`, `${table}-shm`, `${folder}/events-as-delivered`]) {
    rmSync(path, { recursive: true, force: true });
  }
}
