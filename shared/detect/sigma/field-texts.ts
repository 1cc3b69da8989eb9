import type { JsonValue } from '../../json/json.ts';
import { fieldPath, findValues } from './field.ts';

/** The values of a field as text, looked up as rules look fields up; for showing, not for matching. */
export function fieldTexts(record: JsonValue, field: string): readonly string[] {
  const values = findValues(record, fieldPath(field)) ?? [];
  return values.flatMap((value) => {
    if (value === null) return [];
    return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}
