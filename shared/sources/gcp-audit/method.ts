/** OCSF's activity of a call: 1 Create, 2 Read, 3 Update, 4 Delete, 99 with the method's own word. */
export interface ActivityId {
  readonly id: 1 | 2 | 3 | 4 | 99;
  readonly name?: string;
}

/**
 * Google's methods come in three styles, `google.iam.admin.v1.CreateRole`, `v1.compute.instances.insert` and
 * `io.k8s.core.v1.pods.create`: in all of them the last part begins with the verb.
 */
export function activityIdOf(method: string): ActivityId {
  const parts = method.split('.');
  const last = parts.at(-1) ?? method;
  const isKubernetes = parts[0] === 'io' && parts[1] === 'k8s';
  // `pods.exec.create` creates nothing: it runs a command.
  if (isKubernetes && /^(exec|attach|portforward|proxy)$/.test(parts.at(-2) ?? '')) {
    return { id: 99, name: parts.at(-2) ?? last };
  }
  const verb = last
    .replace(/^(?:Docker|Maven|Npm|Python)-/, '')
    .replace(/^(?:batch|bulk|aggregated)(?=[A-Z])/i, '');
  const known = VERBS.find(({ pattern }) => pattern.test(verb));
  return known === undefined ? { id: 99, name: last } : { id: known.id };
}

const VERBS: readonly { readonly id: 1 | 2 | 3 | 4; readonly pattern: RegExp }[] = [
  {
    id: 2,
    pattern:
      /^(get|list|read|search|query|fetch|lookup|describe|watch|view|check|test|validate|verify|count|export|download|access|analyze|preview|tail|head)/i,
  },
  { id: 1, pattern: /^(create|insert|add|import|clone|copy|upload|issue|register|put|post|provision)/i },
  { id: 4, pattern: /^(delete|remove|destroy|purge|drop|unregister)/i },
  {
    id: 3,
    pattern:
      /^(update|patch|set|modify|replace|enable|disable|undelete|restore|start|stop|reset|resume|suspend|move|attach|detach|approve|reject|cancel|rollback|promote|advance|abandon|retry|apply|rename|resize|recreate|rotate|lock|unlock|pause|write|publish|assign|revoke|complete|commit)/i,
  },
];

/** The last part of a method, without case: `createserviceaccount`. */
export function verbOf(method: string): string {
  return (method.split('.').at(-1) ?? method).toLowerCase();
}
