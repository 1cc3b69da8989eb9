import type { Alert } from '../alert/alert.ts';
import type { FilledRunbook } from '../alert/fill.ts';

/**
 * What a sink asks the network for. Secrets stand in headers, the URL and, for PagerDuty, the body; none is logged or
 * kept. Redirects are not followed: whoever answers with one would learn them.
 */
export interface HttpRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Becomes part of the reference once this request is delivered (the severity that people were last told). */
  readonly remember?: Readonly<Record<string, string>> | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'resolved';

/** An alert on its way to people, as every sink gets it. Nothing in it was made safe for anything yet. */
export interface AlertMessage {
  readonly kind: 'alert';
  /** What has happened to the alert since the message before. */
  readonly change: 'opened' | 'updated' | 'acknowledged' | 'snoozed' | 'resolved' | 'digest' | 'test';
  readonly alert: Alert;
  readonly state: AlertState;
  /** What the sink takes it to be: as it was last told, or told us. */
  readonly told?: string | undefined;
  /** Who last changed the state, and until when it is snoozed (ms). */
  readonly by?: string | undefined;
  readonly untilMs?: number | undefined;
  readonly runbook?: FilledRunbook | undefined;
  readonly links: AlertLinks;
}

/** Addresses of the console; absent where it has none that others reach. */
export interface AlertLinks {
  readonly alert?: string | undefined;
  readonly event?: string | undefined;
  readonly proof?: string | undefined;
  readonly runbook?: string | undefined;
}

/** A production deployment, for sinks that show what changed lately. */
export interface DeploymentMessage {
  readonly kind: 'deployment';
  readonly uid: string;
  readonly time: number;
  readonly service: string;
  readonly environment: string | undefined;
  readonly who: string | undefined;
  readonly account: string | undefined;
  readonly source: string | undefined;
  readonly summary: string;
  readonly commit?: string | undefined;
  readonly digest?: string | undefined;
  readonly links: AlertLinks;
}

export type Message = AlertMessage | DeploymentMessage;

/** What a sink may use beside the message. Its settings are its own, already resolved from references. */
export interface Sending<Settings> {
  readonly settings: Settings;
  /** Stable over retries: what a receiver knows a repeat by. */
  readonly deliveryId: string;
  readonly nowMs: number;
  /** What the sink remembered of the first message of this alert (a Slack channel and timestamp). */
  readonly reference?: Readonly<Record<string, string>> | undefined;
}

/** What became of one attempt. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly reference?: Readonly<Record<string, string>> | undefined }
  /** `forget`: the reference names a message that is gone; without it the next attempt posts anew. */
  | {
      readonly kind: 'retry';
      readonly afterMs?: number | undefined;
      readonly why: string;
      readonly forget?: true | undefined;
    }
  /** As it is it will never be taken: to the dead letters. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Where alerts go. Pure: it renders requests and reads answers, and the delivery stage sends. Adding one is a file, a
 * test with golden files, and a row in docs/sinks.md.
 */
export interface Sink<Settings> {
  /** `slack`, as trailproof.yaml names it. */
  readonly id: string;
  /** JSON Schema of its settings as written: members named in `secrets` hold a reference (`env:NAME`) or a list of them. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly secrets: readonly (keyof Settings & string)[];
  /** What the receiver asks to leave between two messages, ms; kept to while it says nothing else. */
  readonly intervalMs: number;
  /** What is wrong with settings whose references are resolved; nothing is rendered with settings that have faults. */
  faults(settings: Settings): readonly string[];
  /**
   * Requests in the order in which they are to be sent; none where this sink has nothing to say of the message. The
   * first that is not delivered decides what becomes of all, and the next attempt begins again with the first: each
   * can be repeated. What requests and outcomes remember adds up in the reference.
   */
  render(message: Message, sending: Sending<Settings>): readonly HttpRequest[];
  read(response: HttpResponse): Outcome;
}
