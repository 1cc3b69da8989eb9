import type { Bus, BusMessage } from '../../ports.ts';

type Listener = (message: BusMessage) => void;

/** A doorbell inside one process. What a listener throws is the listener's own: publishing has succeeded by then. */
export class MemoryBus implements Bus {
  readonly #listeners = new Map<string, Set<Listener>>();

  async publish(messages: readonly BusMessage[]): Promise<void> {
    for (const message of messages) {
      for (const listener of this.#listeners.get(message.topic) ?? []) {
        queueMicrotask(() => listener(message));
      }
    }
  }

  /** Hears every message of the topic from now on, until the returned function is called. */
  subscribe(topic: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set<Listener>();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }
}
