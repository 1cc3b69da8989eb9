import { type ActPorts, leave } from './act.ts';
import { changeDelivery, type Delivery, deadRow, removeDue } from './delivery-rows.ts';

/**
 * Leaves what became of a delivery to be appended to the trail, then takes it off the queue. The same outcome is the
 * same entry, however often a crash has it left again.
 */
export async function recordOutcome(ports: ActPorts, delivery: Delivery): Promise<void> {
  const { table } = ports;
  const { sink, subject, about, attempts, reference, generation } = delivery;
  const isDead = delivery.dead > delivery.told;
  const version = isDead ? delivery.dead : delivery.told;
  await leave(
    ports,
    {
      kind: isDead ? 'dead' : 'delivered',
      sink,
      subject,
      about,
      delivery: delivery.delivery,
      version,
      state: isDead ? 'changed' : delivery.toldState,
      attempts,
      ...(isDead ? { why: delivery.why } : { reference }),
    },
    { key: `${delivery.delivery}|${generation}` },
  );
  if (isDead) await table.write([deadRow(sink, subject)]);
  else await table.delete([{ pk: `dead#${sink}`, sk: subject }]);
  await removeDue(table, sink, subject, version);
  await changeDelivery(table, { sink, subject, about }, (before) =>
    before.isRecorded || Math.max(before.told, before.dead) > version
      ? before
      : { ...before, isRecorded: true, attempts: isDead ? before.attempts : 0 },
  );
}
