import { ESSENCE_VERSION, mapCloudTrail } from './aws-cloudtrail/map.ts';
import { isCloudTrail } from './aws-cloudtrail/recognise.ts';
import { SECRET_PATHS, secretsIn } from './aws-cloudtrail/secrets.ts';
import { splitCloudTrail } from './aws-cloudtrail/split.ts';
import type { Source } from './source.ts';

/**
 * AWS CloudTrail: the same record over S3 objects, EventBridge, CloudWatch Logs subscriptions, Kinesis, or bare. Its
 * `eventID` is the same over all of them.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html
 */
export const awsCloudtrail: Source = {
  id: 'aws.cloudtrail',
  product: { name: 'CloudTrail', vendor_name: 'AWS' },
  logsource: { product: 'aws', service: 'cloudtrail' },
  essenceVersion: ESSENCE_VERSION,
  secretPaths: SECRET_PATHS,
  secretsIn,
  batchKeys: ['Records', 'Events', 'logEvents'],
  accepts: (value) => isCloudTrail(value),
  split: splitCloudTrail,
  map: mapCloudTrail,
};
