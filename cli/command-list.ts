import type { Command } from './command.ts';
import { ack } from './commands/ack.ts';
import { alerts } from './commands/alerts.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { findings } from './commands/findings.ts';
import { ingest } from './commands/ingest.ts';
import { prove } from './commands/prove.ts';
import { query } from './commands/query.ts';
import { rebuild } from './commands/rebuild.ts';
import { rules } from './commands/rules.ts';
import { show } from './commands/show.ts';
import { silence } from './commands/silence.ts';
import { sources } from './commands/sources.ts';
import { start } from './commands/start.ts';
import { verify } from './commands/verify.ts';

/** In the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  demo,
  start,
  ingest,
  query,
  show,
  prove,
  verify,
  findings,
  alerts,
  ack,
  silence,
  rules,
  sources,
  rebuild,
  doctor,
];
