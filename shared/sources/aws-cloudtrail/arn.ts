/** The parts of an Amazon Resource Name: `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** Everything after the fifth colon: `role/path/name`, `function:name`, `bucket/key`. */
  readonly resource: string;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(value: string | undefined): Arn | undefined {
  if (value === undefined || !value.startsWith('arn:')) return undefined;
  const [, partition, service, region, account, ...rest] = value.split(':', 64);
  const resource = rest.join(':');
  if (!partition || !service || resource === '') return undefined;
  return { partition, service, region: region || undefined, account: account || undefined, resource };
}

/** The name that people use for what an ARN names: a role without its path, a secret without its random suffix. */
export function arnName(value: string): string {
  const arn = parseArn(value);
  if (arn === undefined) return value.slice(value.lastIndexOf('/') + 1) || value;
  const { service, resource } = arn;
  if (service === 's3') return resource;
  const named = /^[a-z][a-zA-Z-]{0,40}[:/](.+)$/.exec(resource)?.[1] ?? resource;
  switch (service) {
    case 'secretsmanager':
      return named.replace(/-[A-Za-z0-9]{6}$/, '');
    case 'lambda':
    case 'logs':
      return named.split(':', 1)[0] || named;
    case 'cloudformation':
      return named.split('/', 1)[0] || named;
    case 'ecr':
      return named;
    case 'ssm':
      // Parameters in a hierarchy begin with the slash that their ARN has only once.
      return resource.startsWith('parameter/') && named.includes('/') ? `/${named}` : named;
    default:
      return named.slice(named.lastIndexOf('/') + 1) || named;
  }
}

/** The session name of an assumed-role or federated-user ARN. */
export function sessionName(value: string | undefined): string | undefined {
  const resource = parseArn(value)?.resource;
  if (resource === undefined) return undefined;
  const [kind, , session] = resource.split('/', 3);
  return kind === 'assumed-role' && session ? session : undefined;
}
