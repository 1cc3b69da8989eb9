import { pagerduty } from './pagerduty.ts';
import type { Sink } from './sink.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** A sink as those hold it who know its settings only by its own schema: they check them before it sees them. */
export type AnySink = Sink<Readonly<Record<string, unknown>>>;

/** Every sink that is sent to. Adding one is a file, a test with golden files, and a row in docs/sinks.md. */
export const sinks = [slack, pagerduty, webhook] as readonly unknown[] as readonly AnySink[];
