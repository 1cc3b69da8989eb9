import { overEventBridge, pipelineSession, record } from './aws.ts';
import { activity } from './azure.ts';
import { AWS, AZURE, GCP, INTRUDER_IP, ORGANISATION, PAYMENTS, STOREFRONT, TOMAS } from './cast.ts';
import { type Chance, digestOf } from './chance.ts';
import { approvalBody, type Delivery, finish, planDelivery, pushBody } from './delivery.ts';
import { CLUSTER, entry } from './gcp.ts';
import { account, auditEntry, runMoment, webhook } from './github.ts';
import { isoSeconds, MINUTE, type Moment, SECOND } from './moment.ts';
import { rollOutOnAws } from './roll-out.ts';

/**
 * The last night. Somebody holds the browser session of Tomas, an engineer of the payments team, and works from an
 * address that nobody has ever worked from: opens the main branch, ships a change of their own to AWS through the
 * pipeline, approves it themselves, leaves a key behind, tries one secret after the other, tries an unsigned image on
 * Google Cloud and forces it, and turns the audit logs off on the way out. All of it is a script, which may run more
 * than once.
 */
export function attack(startMs: number, chance: Chance, times = 1): readonly Moment[] {
  const first: Delivery = { ...planDelivery(PAYMENTS, 999, chance), author: TOMAS, reviewer: TOMAS };
  return Array.from({ length: times }, (_, n) => {
    const atMs = startMs + n * SECOND;
    const run = { ...first.run, actor: TOMAS, id: first.run.id + n };
    const stolen: Delivery =
      n === 0 ? { ...first, run } : { ...first, run: { ...run, headSha: chance.hex(40) } };
    return [
      ...openTheBranch(atMs, chance),
      ...shipIt(stolen, atMs + 4 * MINUTE, chance),
      ...leaveAKey(stolen, atMs + 16 * MINUTE, chance),
      ...tryTheSecrets(atMs + 19 * MINUTE, chance),
      ...forceAnImage(atMs + 22 * MINUTE, chance),
      ...turnOffTheLights(stolen, atMs + 31 * MINUTE, chance),
    ];
  }).flat();
}

const intruder = { actor: TOMAS.login, actorId: TOMAS.id, ip: INTRUDER_IP };
const inPayments = { repo: `${ORGANISATION.login}/${PAYMENTS.repository}`, repo_id: PAYMENTS.repositoryId };

function openTheBranch(atMs: number, chance: Chance): readonly Moment[] {
  return [
    auditEntry(
      atMs,
      intruder,
      {
        action: 'protected_branch.destroy',
        operation_type: 'remove',
        name: 'main',
        ...inPayments,
        user_agent: 'Mozilla/5.0',
      },
      chance,
    ),
  ];
}

function shipIt(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  const approvedMs = atMs + 5 * MINUTE;
  return [
    webhook('push', atMs, pushBody(plan, atMs, TOMAS, '.github/workflows/deliver.yml'), chance),
    runMoment(plan.run, atMs + 5 * SECOND, { action: 'requested', conclusion: null }, chance),
    webhook('deployment_review', approvedMs, approvalBody(plan, TOMAS, approvedMs, 'hotfix'), chance),
    auditEntry(
      approvedMs,
      intruder,
      {
        action: 'workflows.approve_workflow_job',
        ...inPayments,
        workflow_run_id: plan.run.id,
        environment_name: 'production',
        user_agent: 'Mozilla/5.0',
      },
      chance,
    ),
    ...rollOutOnAws(plan, approvedMs + MINUTE, chance),
    ...finish(plan, approvedMs + 4 * MINUTE, chance),
  ];
}

function leaveAKey(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  const key = record(
    atMs,
    {
      service: 'iam',
      name: 'CreateAccessKey',
      identity: pipelineSession(plan.run.id, plan.accessKeyId, atMs),
      ip: INTRUDER_IP,
      agent: 'aws-cli/2.31.0',
      request: { userName: AWS.ciUser },
      response: {
        accessKey: {
          userName: AWS.ciUser,
          accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
          status: 'Active',
          createDate: isoSeconds(atMs),
        },
      },
    },
    chance,
  );
  const look = record(
    atMs + 2 * MINUTE,
    {
      service: 'secretsmanager',
      name: 'ListSecrets',
      identity: leftKey,
      ip: INTRUDER_IP,
      agent: 'aws-cli/2.31.0',
      readOnly: true,
    },
    chance,
  );
  return [key, overEventBridge(key, chance), look];
}

/** Whoever uses the key that was left behind. */
const leftKey = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLECIPAYMENT',
  arn: `arn:aws:iam::${AWS.account}:user/${AWS.ciUser}`,
  accountId: AWS.account,
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  userName: AWS.ciUser,
};

const SECRETS = ['database', 'card-processor', 'signing-key', 'ledger', 'session', 'mail', 'deploy'] as const;

/** All are refused but the last, which the pipeline's own user may read. */
function tryTheSecrets(atMs: number, chance: Chance): readonly Moment[] {
  return SECRETS.map((name, n) => {
    const secretId = `arn:aws:secretsmanager:${AWS.region}:${AWS.account}:secret:payments/${name}-AbCdEf`;
    const isRefused = name !== 'deploy';
    return record(
      atMs + n * 12 * SECOND,
      {
        service: 'secretsmanager',
        name: 'GetSecretValue',
        identity: leftKey,
        ip: INTRUDER_IP,
        agent: 'aws-cli/2.31.0',
        readOnly: true,
        request: { secretId },
        ...(isRefused ? { error: { code: 'AccessDenied', message: refusal(secretId) } } : {}),
      },
      chance,
    );
  });
}

const refusal = (secretId: string) =>
  `User: ${leftKey.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secretId} because no identity-based policy allows the secretsmanager:GetSecretValue action`;

function forceAnImage(atMs: number, chance: Chance): readonly Moment[] {
  const image = `${GCP.location}-docker.pkg.dev/${GCP.project}/shop/${STOREFRONT.repository}@sha256:${digestOf('never built by us')}`;
  const pod = (name: string) => ({
    log: 'activity' as const,
    service: 'k8s.io',
    method: 'io.k8s.core.v1.pods.create',
    resource: `core/v1/namespaces/shop/pods/${name}`,
    principal: GCP.deployer,
    ip: INTRUDER_IP,
    agent: 'kubectl/v1.33.1 (linux/amd64)',
    permission: 'io.k8s.core.v1.pods.create',
    monitored: CLUSTER,
  });
  const spec = { containers: [{ name: 'web', image }] };
  const denial = `admission webhook "imagepolicywebhook.image-policy.k8s.io" denied the request: Image ${image} denied by Binary Authorization default admission rule. Image denied by attestor projects/${GCP.project}/attestors/built-by-pipeline: No attestations found that were valid and signed by a key trusted by the attestor`;
  return [
    entry(
      atMs,
      {
        ...pod('storefront-canary'),
        status: { code: 7, message: denial },
        request: { '@type': 'core.k8s.io/v1.Pod', kind: 'Pod', spec },
        response: {
          '@type': 'core.k8s.io/v1.Status',
          apiVersion: 'v1',
          kind: 'Status',
          status: 'Failure',
          code: 403,
          reason: 'VIOLATES_POLICY',
          message: denial,
        },
      },
      chance,
    ),
    entry(
      atMs + 3 * MINUTE,
      {
        ...pod('storefront-canary'),
        request: {
          '@type': 'core.k8s.io/v1.Pod',
          kind: 'Pod',
          metadata: { labels: { 'image-policy.k8s.io/break-glass': 'true' } },
          spec,
        },
        labels: { 'imagepolicywebhook.image-policy.k8s.io/break-glass': 'true' },
      },
      chance,
    ),
  ];
}

function turnOffTheLights(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  const stop = record(
    atMs,
    {
      service: 'cloudtrail',
      name: 'StopLogging',
      identity: pipelineSession(plan.run.id, plan.accessKeyId, atMs - 20 * MINUTE),
      ip: INTRUDER_IP,
      agent: 'aws-cli/2.31.0',
      request: { name: `arn:aws:cloudtrail:${AWS.region}:${AWS.account}:trail/org-trail` },
    },
    chance,
  );
  return [
    stop,
    overEventBridge(stop, chance),
    activity(atMs + 4 * MINUTE, {
      name: 'Microsoft.Insights/diagnosticSettings/delete',
      resource: `/resourceGroups/${AZURE.group}/providers/Microsoft.Web/sites/insights/providers/Microsoft.Insights/diagnosticSettings/to-hub`,
      ip: INTRUDER_IP,
      caller: { kind: 'user', upn: TOMAS.email },
      correlation: chance.uuid(),
      result: { type: 'Success', signature: 'Succeeded.OK' },
    }),
    auditEntry(
      atMs + 6 * MINUTE,
      intruder,
      {
        action: 'protected_branch.create',
        operation_type: 'create',
        name: 'main',
        ...inPayments,
        user: account(TOMAS).login,
        user_agent: 'Mozilla/5.0',
      },
      chance,
    ),
  ];
}
