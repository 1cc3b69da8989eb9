/** Sigma rules of our own making for measuring, seeded, in the manner of the public ones over CloudTrail. */
const VERBS = ['Create', 'Delete', 'Put', 'Update', 'Attach', 'Detach', 'Disable', 'Stop', 'Modify', 'Get'];
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
  'Secret',
  'Cluster',
  'Stream',
];
const SERVICES = [
  'iam',
  's3',
  'ec2',
  'kms',
  'sts',
  'lambda',
  'ecs',
  'rds',
  'guardduty',
  'cloudtrail',
  'secretsmanager',
  'ssm',
];

/** The text of that many rules, one document each. */
export function ruleTexts(count: number, seed: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => ruleText(n, seed));
}

function ruleText(n: number, seed: number): string {
  let state = (Math.imul(n + 1, 0x9e3779b1) ^ seed) >>> 0;
  const next = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const service = SERVICES[next(SERVICES.length)];
  const names = Array.from(
    { length: 1 + next(3) },
    () => `${VERBS[next(VERBS.length)]}${NOUNS[next(NOUNS.length)]}${n % 7 === 0 ? '' : n}`,
  );
  return [
    `title: Measured rule ${n}`,
    `id: 00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    'status: test',
    'level: low',
    'logsource: {product: aws, service: cloudtrail}',
    'detection:',
    '  selection:',
    `    eventSource: ${service}.amazonaws.com`,
    `    eventName: [${names.join(', ')}]`,
    ...conditionOf(n, next),
    '',
  ].join('\n');
}

function conditionOf(n: number, next: (count: number) => number): readonly string[] {
  switch (n % 6) {
    case 0:
      return ['  error:', '    errorCode|contains: Denied', '  condition: selection and not error'];
    case 1:
      return [
        '  other:',
        `    requestParameters.name|startswith: production-${next(100)}`,
        '  condition: selection and other',
      ];
    case 2:
      return [
        '  known:',
        `    userIdentity.arn|endswith: /engineer-${next(300)}`,
        '  condition: selection and not known',
      ];
    case 3:
      return ['  tool:', `    userAgent|contains: [kali-${n}, pacu-${n}]`, '  condition: selection or tool'];
    case 4:
      return [
        '  root:',
        '    userIdentity.type: Root',
        `    eventName|contains: Password${n}`,
        '  condition: 1 of them',
      ];
    default:
      return ['  condition: selection'];
  }
}
