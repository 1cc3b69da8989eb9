import { checkObjectKey, checkPrefix } from '../../shared/adapters/key.ts';
import { compareUtf8 } from '../../shared/adapters/utf8-order.ts';
import type { ObjectStore, PutCondition, Row, RowCondition, RowKey, Table } from '../../shared/ports.ts';
import { publicKeyOf, seedSizeBytes, signMessage } from '../../shared/trail/ed25519.ts';
import type { TrailPorts } from '../../shared/trail/sequence/trail-ports.ts';
import type { Model } from './model.ts';
import type { Protocol } from './protocol.ts';
import type { SeededRandom } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';
import type { World } from './world.ts';

export interface SimulatedPorts {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly model: Model;
  readonly random: SeededRandom;
  readonly protocol: Pick<Protocol, 'PortError'>;
  readonly process: Process;
  /** How far this process's clock is off, ms. */
  readonly skewMs: number;
}

export const simulatedName = 'example.com/simulated';
const seed = new Uint8Array(seedSizeBytes).fill(3);
export const simulatedPublicKey = publicKeyOf(seed);

/** Every port of one process: each call waits for its turn. Signing is one too: a process can stop there. */
export function portsOf(simulated: SimulatedPorts): TrailPorts {
  const { world, scheduler, model, random, process, skewMs } = simulated;
  return {
    objects: objectsOf(simulated),
    table: tableOf(simulated),
    signer: {
      name: simulatedName,
      publicKey: simulatedPublicKey,
      sign: (message) =>
        scheduler.call(process, 'sign', () => {
          model.signed(Buffer.from(message).toString());
          return signMessage(seed, message);
        }),
    },
    bus: { publish: () => scheduler.call(process, 'publish', () => undefined) },
    clock: () => new Date(world.timeMs + skewMs),
    random: (sizeBytes) => random.bytes(sizeBytes),
    onAlarm: (alarm) => model.alarmed(process, alarm),
  };
}

function objectsOf({ world, scheduler, model, protocol, process }: SimulatedPorts): ObjectStore {
  const put = (key: string, bytes: Uint8Array, condition: PutCondition): string => {
    checkObjectKey(key);
    const found = world.objects.get(key);
    const held =
      condition === 'any' ||
      (condition === 'absent' ? found === undefined : found?.version === condition.version);
    if (!held) throw new protocol.PortError('conflict', `conflict at ${key}`);
    model.puttingObject(key, bytes);
    return world.putObject(key, bytes);
  };
  return {
    get: (key) =>
      scheduler.call(process, `get ${key}`, () => {
        checkObjectKey(key);
        const found = world.objects.get(key);
        return found === undefined ? undefined : { ...found, bytes: found.bytes.slice() };
      }),
    put: (key, bytes, condition) => {
      const copy = Uint8Array.from(bytes);
      return scheduler.call(process, `put ${key}`, () => put(key, copy, condition));
    },
    async *list(prefix) {
      checkPrefix(prefix);
      yield* await scheduler.call(process, `list ${prefix}`, () => world.keys(prefix));
    },
    delete: (key) =>
      scheduler.call(process, `delete ${key}`, () => {
        checkObjectKey(key);
        model.deletingObject(key);
        world.objects.delete(key);
      }),
  };
}

function tableOf({ world, scheduler, model, random, protocol, process }: SimulatedPorts): Table {
  const put = (row: Row, condition: RowCondition): void => {
    const found = world.row(row);
    const held =
      condition === 'any' ||
      (condition === 'absent'
        ? found === undefined
        : found?.attributes[condition.attribute] === condition.equals);
    if (!held) throw new protocol.PortError('conflict', `conflict at ${row.pk}`);
    model.puttingRow(process, row, found);
    world.putRow(copyOf(row));
  };
  /** A batch is not one step: its parts happen in any order, and others act in between. */
  const inParts = async <T, R>(
    name: string,
    items: readonly T[],
    part: (items: readonly T[]) => R,
  ): Promise<R[]> => {
    const cut = items.length < 2 ? items.length : random.between(1, items.length);
    const parts = [items.slice(0, cut), items.slice(cut)].filter(({ length }) => length > 0);
    return Promise.all(
      parts.map((found) => scheduler.call(process, `${name} x${found.length}`, () => part(found))),
    );
  };
  return {
    get: async (keys) => {
      const label = keys.length === 1 ? `read ${keys[0]?.pk}` : 'read rows';
      const found = await inParts(label, keys, (part) => part.map((key) => world.row(key)));
      return found.flat().filter((row) => row !== undefined);
    },
    put: (row, condition) => {
      const name = `put row ${row.pk} ${row.pk === 'head' ? JSON.stringify([row.attributes['size'], row.attributes['applied']]) : row.sk}`;
      // A network may deliver a request twice, the second time long after.
      if (row.pk === 'outbox' && random.chance(0.1)) scheduler.echo(process, name, () => put(row, condition));
      return scheduler.call(process, name, () => put(row, condition));
    },
    write: async (rows) => {
      await inParts('write rows', rows, (part) => {
        for (const row of part) put(row, 'any');
      });
    },
    delete: async (keys: readonly RowKey[]) => {
      await inParts(`delete rows ${keys[0]?.pk}`, keys, (part) => {
        for (const key of part) world.deleteRow(key);
      });
    },
    query: (pk, { from, to, order, limit }) =>
      scheduler.call(process, `query ${pk}`, () => {
        const rows = world
          .rows(pk)
          .filter(
            ({ sk }) =>
              (from === undefined || compareUtf8(sk, from) >= 0) &&
              (to === undefined || compareUtf8(sk, to) <= 0),
          );
        return (order === 'descending' ? rows.toReversed() : rows).slice(0, limit);
      }),
  };
}

/** As a table across a network would: what a caller does to its rows afterwards changes nothing. */
function copyOf(row: Row): Row {
  const attributes = { ...row.attributes };
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'object') attributes[name] = value.slice();
  }
  return { pk: row.pk, sk: row.sk, attributes };
}
