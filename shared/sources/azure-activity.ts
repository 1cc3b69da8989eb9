import { parseTime } from '../ocsf/time.ts';
import { readActivity } from './azure-activity/activity.ts';
import { bodyOf } from './azure-activity/body.ts';
import { keyOf } from './azure-activity/key.ts';
import { SECRET_PATHS, secretsIn } from './azure-activity/secrets.ts';
import { shapeOf } from './azure-activity/shape.ts';
import { BATCH_KEYS, holdsActivity, splitActivity } from './azure-activity/split.ts';
import type { Mapped, NativeRecord, Source, Unmapped } from './source.ts';

/**
 * The Azure Activity Log: what was done to resources through Azure Resource Manager, over Event Hubs and storage,
 * REST, Event Grid and Log Analytics. Sign-ins, resource logs and Defender's own stream are other sources.
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema
 */
export const azureActivity: Source = {
  id: 'azure.activity',
  product: { name: 'Azure Activity Log', vendor_name: 'Microsoft' },
  logsource: { product: 'azure', service: 'activitylogs' },
  essenceVersion: 1,
  secretPaths: SECRET_PATHS,
  secretsIn,
  batchKeys: BATCH_KEYS,
  accepts: (value) => holdsActivity(value),
  split: (document, { attributes, receivedAt }) =>
    splitActivity(document, { ...attributes, 'received-at': receivedAt.toISOString() }),
  map: mapActivity,
};

function mapActivity(record: NativeRecord): Mapped | Unmapped {
  const shape = shapeOf(record.value);
  if (shape === undefined) return { unmapped: 'no Activity Log entry: another log in the same envelope' };
  const activity = readActivity(record.value, shape);
  const { operation } = activity;
  if (operation === undefined) return { unmapped: 'an Activity Log entry without operationName' };
  const key = keyOf(activity);
  return {
    ...key,
    originalEventUid: activity.eventId,
    body: bodyOf(
      { ...activity, operation },
      {
        eventUid: key.nativeId.join('|'),
        receivedMs: parseTime(record.attributes['received-at'])?.ms,
        text: record.text,
      },
    ),
  };
}
