import type { Result } from '../shared/result.ts';
import { alertPage } from './pages/alert.ts';
import type { ConsolePorts, Visitor } from './ports.ts';
import { readTime } from './read-time.ts';
import { type ConsoleRequest, type ConsoleResponse, seeOther } from './response.ts';
import { problem, rendered } from './router.ts';
import { loadAlert } from './views/alerts.ts';

interface Asking {
  readonly ports: ConsolePorts;
  readonly request: ConsoleRequest;
  readonly visitor: Visitor;
}

/** What a form does; undefined where no form is sent to. Ends with a redirect, so that reloading does nothing again. */
export async function act(asking: Asking, parts: readonly string[]): Promise<ConsoleResponse | undefined> {
  const [first, second = '', third, ...rest] = parts;
  if (rest.length > 0) return undefined;
  if (first === 'trail' && second === 'verify' && third === undefined) {
    asking.ports.verifications.begin();
    return seeOther('/trail');
  }
  if (first === 'silences' && third === 'end') return endSilence(asking, second);
  if (first === 'alerts' && third !== undefined) return actOn(asking, second, third);
  return undefined;
}

async function endSilence({ ports, visitor }: Asking, uid: string): Promise<ConsoleResponse> {
  const done = await ports.alerts.endSilence(uid, visitor.name);
  return done.ok
    ? seeOther('/alerts')
    : problem(ports, { status: 409, title: 'The silence was not ended', message: done.fault });
}

async function actOn(asking: Asking, uid: string, what: string): Promise<ConsoleResponse | undefined> {
  const { ports, visitor } = asking;
  const done = await perform(asking, uid, what);
  if (done === undefined) return undefined;
  // A silence is not of one alert: it is shown, and ended, where all of them are.
  if (done.ok)
    return seeOther(what === 'silence' ? '/alerts#silences' : `/alerts/${encodeURIComponent(uid)}`);
  const view = await loadAlert(ports, uid, { visitor, fault: done.fault });
  return view === undefined ? undefined : rendered(ports, alertPage(view), 422);
}

const FIELD_LENGTH_MAX = 300;

async function perform(
  { ports, request, visitor }: Asking,
  uid: string,
  what: string,
): Promise<Result<void> | undefined> {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const field = (name: string) => (form.get(name) ?? '').trim().slice(0, FIELD_LENGTH_MAX);
  const by = visitor.name;
  const { alerts } = ports;
  const untilMs = untilOf(field('for'), ports.clock().getTime());
  const reason = field('reason');
  switch (what) {
    case 'acknowledge':
      return alerts.acknowledge(uid, by);
    case 'reopen':
      return alerts.reopen(uid, by);
    case 'resolve':
      return reason === '' ? NO_REASON : alerts.resolve(uid, by, reason);
    case 'snooze':
      if (untilMs === undefined) return NO_END;
      return reason === '' ? NO_REASON : alerts.snooze(uid, by, untilMs, reason);
    case 'silence':
      if (untilMs === undefined) return NO_END;
      if (reason === '') return NO_REASON;
      return alerts.silence({
        alertUid: uid,
        isOnlyActor: field('only-actor') === 'yes',
        by,
        reason,
        untilMs,
      });
    default:
      return undefined;
  }
}

const NO_REASON: Result<void> = { ok: false, fault: 'Say why, for whoever reads the trail later.' };
const NO_END: Result<void> = { ok: false, fault: 'Say for how long, such as 4h or 7d.' };

/** `4h` from now. */
function untilOf(given: string, nowMs: number): number | undefined {
  if (!/^\d{1,3}[mhd]$/.test(given)) return undefined;
  const read = readTime(given, nowMs);
  return read.kind === 'time' ? 2 * nowMs - read.timeMs : undefined;
}
