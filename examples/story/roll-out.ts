import { GITHUB_AGENT, overEventBridge, pipelineSession, record, signInFromWorkflow } from './aws.ts';
import { activity } from './azure.ts';
import { AWS, AZURE, GCP, ORGANISATION, RUNNER_IP, type Team } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Delivery } from './delivery.ts';
import { CLUSTER, entry } from './gcp.ts';
import { type Moment, SECOND } from './moment.ts';

/** How each cloud's pipeline deploys what was approved, and what the cloud writes down about it. */
export const rollOut = { aws: rollOutOnAws, gcp: rollOutOnGcp, azure: rollOutOnAzure };

export function subjectOf(team: Team): string {
  return `repo:${ORGANISATION.login}/${team.repository}:environment:production`;
}

export function rollOutOnAws(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  const identity = pipelineSession(plan.run.id, plan.accessKeyId, atMs);
  const call = (
    offsetMs: number,
    service: string,
    name: string,
    rest: { request: Record<string, unknown>; response?: Record<string, unknown>; readOnly?: boolean },
  ) =>
    record(atMs + offsetMs, { service, name, identity, ip: RUNNER_IP, agent: GITHUB_AGENT, ...rest }, chance);
  const image = { repositoryName: plan.team.repository, imageTag: `change-${plan.number}` };
  const push = call(5 * SECOND, 'ecr', 'PutImage', {
    request: { registryId: AWS.account, ...image },
    response: {
      image: {
        ...image,
        registryId: AWS.account,
        imageId: { imageDigest: `sha256:${plan.digest}`, imageTag: image.imageTag },
      },
    },
  });
  const deploy = call(20 * SECOND, 'lambda', 'UpdateFunctionCode20150331v2', {
    request: {
      functionName: plan.team.repository,
      imageUri: `${AWS.account}.dkr.ecr.${AWS.region}.amazonaws.com/${plan.team.repository}@sha256:${plan.digest}`,
      publish: false,
    },
    response: {
      functionName: plan.team.repository,
      functionArn: `arn:aws:lambda:${AWS.region}:${AWS.account}:function:${plan.team.repository}`,
      codeSha256: Buffer.from(plan.digest, 'hex').toString('base64'),
      version: '$LATEST',
    },
  });
  return [
    signInFromWorkflow(
      atMs,
      { id: plan.run.id, subject: subjectOf(plan.team), accessKeyId: plan.accessKeyId },
      chance,
    ),
    push,
    call(12 * SECOND, 'secretsmanager', 'GetSecretValue', {
      request: {
        secretId: `arn:aws:secretsmanager:${AWS.region}:${AWS.account}:secret:payments/deploy-AbCdEf`,
      },
      readOnly: true,
    }),
    deploy,
    overEventBridge(deploy, chance),
    call(40 * SECOND, 'lambda', 'PublishVersion20150331', {
      request: { functionName: plan.team.repository },
      response: { functionName: plan.team.repository, version: String(plan.number) },
    }),
  ];
}

export function rollOutOnGcp(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  const image = `${GCP.location}-docker.pkg.dev/${GCP.project}/shop/${plan.team.repository}`;
  return [
    entry(
      atMs,
      {
        log: 'data_access',
        service: 'iamcredentials.googleapis.com',
        method: 'GenerateAccessToken',
        resource: `projects/-/serviceAccounts/${GCP.deployer}`,
        principal: GCP.deployer,
        ip: RUNNER_IP,
        permission: 'iam.serviceAccounts.getAccessToken',
        more: {
          authenticationInfo: {
            principalSubject: `principal://iam.googleapis.com/projects/${GCP.projectNumber}/locations/global/workloadIdentityPools/github/subject/${subjectOf(plan.team)}`,
          },
        },
      },
      chance,
    ),
    entry(
      atMs + 10 * SECOND,
      {
        log: 'data_access',
        service: 'artifactregistry.googleapis.com',
        method: 'Docker-PutManifest',
        resource: `projects/${GCP.project}/locations/${GCP.location}/repositories/shop/dockerImages/${plan.team.repository}@sha256:${plan.digest}`,
        principal: GCP.deployer,
        ip: RUNNER_IP,
        permission: 'artifactregistry.repositories.uploadArtifacts',
      },
      chance,
    ),
    entry(
      atMs + 30 * SECOND,
      {
        log: 'activity',
        service: 'k8s.io',
        method: 'io.k8s.apps.v1.deployments.patch',
        resource: `apps/v1/namespaces/shop/deployments/${plan.team.repository}`,
        principal: GCP.deployer,
        ip: RUNNER_IP,
        agent: 'kubectl/v1.33.1 (linux/amd64)',
        permission: 'io.k8s.apps.v1.deployments.patch',
        request: {
          spec: {
            template: { spec: { containers: [{ name: 'web', image: `${image}@sha256:${plan.digest}` }] } },
          },
        },
        labels: { 'authorization.k8s.io/decision': 'allow' },
        monitored: CLUSTER,
      },
      chance,
    ),
  ];
}

export function rollOutOnAzure(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  const correlation = chance.uuid();
  const site = `/resourceGroups/${AZURE.group}/providers/Microsoft.Web/sites/${plan.team.repository}`;
  const write = (offsetMs: number, type: 'Start' | 'Success', signature: string) =>
    activity(atMs + offsetMs, {
      name: 'Microsoft.Web/sites/write',
      resource: site,
      ip: RUNNER_IP,
      caller: { kind: 'app', name: 'insights-deploy' },
      correlation,
      result: { type, signature: `${type === 'Start' ? 'Started' : 'Succeeded'}.${signature}` },
    });
  return [
    activity(atMs - 5 * SECOND, {
      name: 'Microsoft.Web/sites/config/list/action',
      resource: `${site}/config/appsettings`,
      ip: RUNNER_IP,
      caller: { kind: 'app', name: 'insights-deploy' },
      correlation: chance.uuid(),
      result: { type: 'Success', signature: 'Succeeded.OK' },
    }),
    write(0, 'Start', ''),
    write(9 * SECOND, 'Success', 'OK'),
  ];
}
