import { checkRun } from './check-run.ts';
import { deployment } from './deployment.ts';
import { deploymentReview } from './deployment-review.ts';
import { deploymentStatus } from './deployment-status.ts';
import type { EventMapping } from './facts.ts';
import { branchProtectionRule, repositoryRuleset } from './protection.ts';
import { pullRequest } from './pull-request.ts';
import { pullRequestReview } from './pull-request-review.ts';
import { push } from './push.ts';
import { packageEvent, registryPackage } from './registry-package.ts';
import { secretScanningAlert } from './secret-scanning-alert.ts';
import { workflowJob } from './workflow-job.ts';
import { workflowRun } from './workflow-run.ts';

/** The events that have a mapping of their own; every other one goes through `other.ts`. */
export const EVENTS: ReadonlyMap<string, EventMapping> = new Map([
  ['branch_protection_rule', branchProtectionRule],
  ['check_run', checkRun],
  ['deployment', deployment],
  ['deployment_review', deploymentReview],
  ['deployment_status', deploymentStatus],
  ['package', packageEvent],
  ['pull_request', pullRequest],
  ['pull_request_review', pullRequestReview],
  ['push', push],
  ['registry_package', registryPackage],
  ['repository_ruleset', repositoryRuleset],
  ['secret_scanning_alert', secretScanningAlert],
  ['workflow_job', workflowJob],
  ['workflow_run', workflowRun],
]);
