import { expect, test } from 'vitest';
import type { Bus, BusMessage } from '../../shared/ports.ts';

interface OpenBus {
  readonly bus: Bus;
  /** Every message of the topic that arrived since the bus was opened, once deliveries have settled. */
  received(topic: string): Promise<readonly BusMessage[]>;
}

/** What every bus does: at least once, in no order, nothing to topics that were not named. */
export function busContract(open: (topics: readonly string[]) => OpenBus): void {
  test('a message arrives at least once, on its own topic only', async () => {
    const { bus, received } = open(['committed', 'found']);
    await bus.publish([
      { topic: 'committed', body: '1' },
      { topic: 'found', body: '2' },
      { topic: 'nobody listens', body: '3' },
    ]);
    expect(new Set((await received('committed')).map(({ body }) => body))).toEqual(new Set(['1']));
    expect(new Set((await received('found')).map(({ body }) => body))).toEqual(new Set(['2']));
  });

  test('publishing nothing is success', async () => {
    const { bus, received } = open(['committed']);
    await bus.publish([]);
    expect(await received('committed')).toEqual([]);
  });
}
