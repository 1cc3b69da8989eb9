import { attack } from './attack.ts';
import { backgroundOfDay } from './background.ts';
import { type Team, teamsOf } from './cast.ts';
import { type Chance, makeChance } from './chance.ts';
import { deliver, planDelivery } from './delivery.ts';
import { DAY, HOUR, MINUTE, type Moment } from './moment.ts';
import { packer, type StoryFile } from './pack.ts';

export type { StoryFile } from './pack.ts';

export interface Story {
  readonly attackStartsMs: number;
  /** Fourteen days in which three teams deliver as they should. */
  readonly fortnight: readonly StoryFile[];
  /** Forty minutes of the last night. */
  readonly night: readonly StoryFile[];
}

const DAYS = 14;

export interface StoryOptions {
  readonly nowMs: number;
  readonly seed: number;
  /** So many times the teams and their services, and the intruder's script run as often (default 1). */
  readonly volume?: number;
}

/** Tells the story up to `nowMs`. The same seed gives the same people, changes and digests. */
export function tellStory(options: StoryOptions): Story {
  const { volume = 1 } = options;
  const chance = makeChance(options.seed);
  const teams = teamsOf(volume);
  const midnightMs = Math.floor(options.nowMs / DAY) * DAY;
  const attackStartsMs = lastNight(midnightMs, options.nowMs);
  const normal = packer('fortnight');
  for (let day = DAYS; day >= 0; day -= 1) {
    const moments = tellDay({ midnightMs: midnightMs - day * DAY, number: DAYS - day }, teams, chance);
    normal.add(moments.filter(({ atMs }) => atMs < options.nowMs));
  }
  const night = packer('night');
  night.add(attack(attackStartsMs, chance, volume));
  return { attackStartsMs, fortnight: normal.files(), night: night.files() };
}

/** Nineteen to three in the morning, UTC, at least an hour ago. */
function lastNight(midnightMs: number, nowMs: number): number {
  const tonight = midnightMs + 2 * HOUR + 41 * MINUTE;
  return tonight + HOUR + 40 * MINUTE <= nowMs ? tonight : tonight - DAY;
}

function tellDay(
  day: { readonly midnightMs: number; readonly number: number },
  teams: readonly Team[],
  chance: Chance,
): readonly Moment[] {
  const { midnightMs } = day;
  const weekday = new Date(midnightMs).getUTCDay();
  const isWorkday = weekday !== 0 && weekday !== 6;
  const moments = [...backgroundOfDay({ midnightMs, isWorkday }, teams, chance)];
  if (!isWorkday) return moments;
  for (const [n, team] of teams.entries()) {
    const count = chance.whole(2, 4);
    for (let each = 0; each < count; each += 1) {
      const plan = planDelivery(team, 100 + day.number * 10 + (n % 3) * 3 + each * 200, chance);
      const startMs = midnightMs + 8 * HOUR + (each * 110 + chance.whole(0, 60)) * MINUTE;
      moments.push(...deliver(plan, startMs, chance));
    }
  }
  return moments;
}
