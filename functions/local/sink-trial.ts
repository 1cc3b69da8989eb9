import { httpClient } from '../../shared/adapters/local/http-client.ts';
import type { Alert } from '../../shared/alert/alert.ts';
import { PortError } from '../../shared/ports.ts';
import { sinks } from '../../shared/sinks/index.ts';
import type { AlertLinks, AlertMessage, HttpRequest, Outcome } from '../../shared/sinks/sink.ts';
import type { DeliverySink } from '../../shared/stages/deliver.ts';
import { type AlertSettings, maskedSink } from './alert-settings.ts';

const LIMITS = { timeoutMs: 10_000, bodyLengthMax: 64 * 1024 };

/** Sends a sink a message that says that it is a test; what became of it, in the words of the delivery stage. */
export async function trySink(
  { name, sink, settings }: DeliverySink,
  { nowMs, id, links }: { readonly nowMs: number; readonly id: string; readonly links: AlertLinks },
): Promise<Outcome> {
  const message: AlertMessage = {
    kind: 'alert',
    change: 'test',
    alert: exampleAlert(nowMs, name),
    state: 'open',
    links,
  };
  for (const { remember: _, ...request } of sink.render(message, { settings, deliveryId: id, nowMs })) {
    let outcome: Outcome;
    try {
      outcome = sink.read(await httpClient.send(request, LIMITS));
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      outcome = { kind: 'retry', why: error.message };
    }
    if (outcome.kind !== 'delivered') return outcome;
  }
  return { kind: 'delivered' };
}

/** A sink for looking at: one of the settings, or a type by its name, whose settings then stand for themselves. */
export function sinkToShow(settings: AlertSettings, name: string): DeliverySink {
  const type = sinks.find(({ id }) => id === name);
  if (settings.sinks[name] !== undefined || type === undefined) return maskedSink(settings, name);
  const members = Object.entries(type.schema['properties'] as Readonly<Record<string, { type?: unknown }>>);
  const required = new Set([type.schema['required'] ?? firstWay(type.schema)].flat());
  const shown = members
    .filter(([member]) => required.has(member))
    .map(([member, schema]) => [member, schema.type === 'array' ? [`<${member}>`] : `<${member}>`]);
  return { name, sink: type, settings: Object.fromEntries(shown), intervalMs: type.intervalMs };
}

/** Of a schema with several ways, what the first needs. */
function firstWay({ oneOf }: Readonly<Record<string, unknown>>): readonly unknown[] {
  const [first] = Array.isArray(oneOf)
    ? (oneOf as readonly { readonly required?: readonly unknown[] }[])
    : [];
  return first?.required ?? [];
}

/** What would be sent, with the body as data where it is JSON. */
export function shownRequest({ method, url, headers, body }: HttpRequest): unknown {
  try {
    return { method, url, headers, body: JSON.parse(body) };
  } catch {
    return { method, url, headers, body };
  }
}

function exampleAlert(nowMs: number, sink: string): Alert {
  return {
    uid: '0'.repeat(64),
    family: 'test',
    severity: 'informational',
    title: 'Test Of A Sink',
    message: `Trailproof reaches ${sink}: nothing has happened.`,
    who: undefined,
    from: undefined,
    what: undefined,
    where: undefined,
    account: undefined,
    source: 'Trailproof',
    firstTime: nowMs,
    lastTime: nowMs,
    windowMs: 3_600_000,
    count: 1,
    rule: {
      uid: 'test',
      title: 'Test Of A Sink',
      version: undefined,
      author: 'Trailproof contributors',
      references: [],
      falsePositives: [],
    },
    findings: [],
  };
}
