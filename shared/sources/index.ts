import { awsCloudtrail } from './aws-cloudtrail.ts';
import { azureActivity } from './azure-activity.ts';
import { gcpAudit } from './gcp-audit.ts';
import { githubAudit } from './github-audit.ts';
import { githubWebhook } from './github-webhook.ts';
import type { Source } from './source.ts';

/** Every source there is. The first that accepts a document has it. */
export const sources: readonly Source[] = [
  awsCloudtrail,
  azureActivity,
  gcpAudit,
  githubAudit,
  githubWebhook,
];
