/**
 * Sigma rules of our own making for measuring the engine, seeded, in the shapes that public rules over cloud logs have:
 * most name a service and some of its operations; the rest look at names, objects, errors, identities or the whole
 * record. Every rule has operations of its own, as a growing rule set has.
 */

const SERVICES = [
  'iam',
  's3',
  'ec2',
  'kms',
  'sts',
  'lambda',
  'ecs',
  'eks',
  'rds',
  'guardduty',
  'cloudtrail',
  'config',
  'secretsmanager',
  'ssm',
  'route53',
  'elasticache',
  'organizations',
  'ses',
  'glue',
  'logs',
];
const VERBS = [
  'Create',
  'Delete',
  'Put',
  'Update',
  'Attach',
  'Detach',
  'Disable',
  'Stop',
  'Modify',
  'Import',
];
const NOUNS = [
  'User',
  'RolePolicy',
  'Trail',
  'Bucket',
  'Key',
  'Snapshot',
  'Detector',
  'SecurityGroup',
  'Function',
  'Domain',
  'Cluster',
  'Stream',
  'Identity',
  'Endpoint',
];
/** Operations that logs are full of: a few rules of every set look at them, and ask for more. */
const COMMON = ['AssumeRole', 'ListBuckets', 'GetParameter', 'DescribeInstances', 'ListRoles', 'PassRole'];

type Next = (count: number) => number;

/** The text of that many rules, one document each; the same count and seed give the same rules. */
export function detectRuleTexts(count: number, seed: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => ruleText(n, nextOf(n, seed)));
}

function nextOf(n: number, seed: number): Next {
  let state = (Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)) >>> 0;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

function ruleText(n: number, next: Next): string {
  return [
    `title: Measured rule ${n}`,
    `id: 00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    'status: test',
    'level: low',
    'logsource: {product: aws, service: cloudtrail}',
    'detection:',
    ...detectionOf(n, next),
    '',
  ].join('\n');
}

/** One of twenty shapes; those without a name of an operation are as rare as they are in public. */
function detectionOf(n: number, next: Next): readonly string[] {
  const service = `${SERVICES[next(SERVICES.length)]}.amazonaws.com`;
  const names = Array.from({ length: 1 + next(4) }, (_, i) => operation(n, i, next));
  const call = [`  selection:`, `    eventSource: ${service}`, `    eventName: [${names.join(', ')}]`];
  switch (n % 20) {
    case 0:
      return [...call, '    errorCode: null', '  condition: selection'];
    case 1:
      return [
        ...call,
        '  success: {errorCode: Success}',
        '  absent: {errorCode: null}',
        '  condition: selection and (success or absent)',
      ];
    case 2:
      return [
        ...call,
        `    requestParameters|contains: '"status":"Suspended${n}"'`,
        '  condition: selection',
      ];
    case 3:
      return [
        ...call,
        "  filter_console: {userAgent|contains: 'console.example'}",
        '  condition: selection and not 1 of filter_*',
      ];
    case 4:
      return [...call, `    userIdentity.type: IAMUser`, '  condition: selection'];
    case 5:
      return [
        '  selection:',
        `    eventSource: ${service}`,
        `    eventName|startswith: ${names[0]}`,
        `    requestParameters.layers|contains: '*'`,
        '  condition: selection',
      ];
    case 6:
      return [
        '  selection:',
        `    eventName: ${COMMON[next(COMMON.length)]}`,
        // One of them finds what there is.
        `    userAgent|contains: ${n === 6 ? 'terraform' : `tool-${n}`}`,
        '  condition: selection',
      ];
    case 7:
      return [
        `  selection_a: {eventSource: ${service}, eventName: ${names[0]}}`,
        `  selection_b: {eventSource: sts.amazonaws.com, eventName: ${operation(n, 9, next)}}`,
        '  condition: 1 of selection_*',
      ];
    case 8:
      return rareShape(n, next);
    default:
      return [...call, '  condition: selection'];
  }
}

/** What public sets have one or two of in fifty. */
function rareShape(n: number, next: Next): readonly string[] {
  switch (Math.floor(n / 20) % 5) {
    case 0:
      return [
        `  selection: {userIdentity.arn|re: '.+:assumed-role/vendor-${n}:.+'}`,
        '  filter: [{eventSource: ssm.amazonaws.com}, {sourceIPAddress: AWS Internal}]',
        '  condition: selection and not filter',
      ];
    case 1:
      return [
        '  selection: {userIdentity.type: Root}',
        '  filter: {eventType: AwsServiceEvent}',
        '  condition: selection and not filter',
      ];
    case 2:
      return [`  selection: {userAgent: Scanner-${n}}`, '  condition: selection'];
    case 3:
      return [
        `  selection: {errorMessage|contains: ['not-found-${n}', 'refused-${n}']}`,
        '  condition: selection',
      ];
    default:
      return [
        `  selection: {eventName: ${operation(n, 0, next)}}`,
        '  known: {userIdentity.arn|fieldref: requestParameters.userName}',
        '  condition: selection and not known',
      ];
  }
}

function operation(n: number, i: number, next: Next): string {
  return `${VERBS[next(VERBS.length)]}${NOUNS[next(NOUNS.length)]}${n % 9 === 0 && i === 0 ? '' : `V${n}x${i}`}`;
}
