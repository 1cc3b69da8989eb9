/**
 * A copy without what OCSF counts as missing: undefined, null, and empty strings, objects and arrays, at every depth.
 * The content of `data` and `unmapped` is the source's own and stays as it is.
 */
export function compact<T extends object>(value: T): T {
  return (compactObject(value as Record<string, unknown>) ?? {}) as T;
}

function compactObject(value: Record<string, unknown>): Record<string, unknown> | undefined {
  const kept: Record<string, unknown> = {};
  let isEmpty = true;
  for (const key of Object.keys(value)) {
    const inner = isFreeForm(key) ? freeForm(value[key]) : compactValue(value[key]);
    if (inner === undefined) continue;
    isEmpty = false;
    // Assigning to `__proto__` would set the prototype, and lose the member.
    if (key === '__proto__') Object.defineProperty(kept, key, { value: inner, enumerable: true });
    else kept[key] = inner;
  }
  return isEmpty ? undefined : kept;
}

/** Members that hold native JSON: what is null or empty in there says something, and stays. */
function isFreeForm(key: string): boolean {
  return key === 'data' || key === 'unmapped';
}

function compactValue(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'object') return value;
  if (!Array.isArray(value)) return compactObject(value as Record<string, unknown>);
  const kept: unknown[] = [];
  for (const element of value) {
    const inner = compactValue(element);
    if (inner !== undefined) kept.push(inner);
  }
  return kept.length === 0 ? undefined : kept;
}

function freeForm(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'object') return value;
  return Object.keys(value).length === 0 ? undefined : value;
}
