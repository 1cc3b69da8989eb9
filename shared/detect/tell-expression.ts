import type { Condition } from './sigma/rule.ts';

/**
 * An expression over rules as somebody on call reads it: by the titles of the rules, never by their names. `titles` has
 * the title of every rule that it names.
 */
export function tellExpression(expression: Condition, titles: ReadonlyMap<string, string>): string {
  return tell(expression, titles, false);
}

/** The title of a rule in a sentence. */
export function titled(title: string): string {
  return `"${title.replaceAll('"', "'")}"`;
}

function tell(condition: Condition, titles: ReadonlyMap<string, string>, isInner: boolean): string {
  switch (condition.kind) {
    case 'selection':
      return titled(titles.get(condition.name) ?? condition.name);
    case 'not':
      return `none of ${tell(condition.operand, titles, true)}`;
    case 'or': {
      const told = condition.operands.map((operand) => tell(operand, titles, true));
      return isInner ? `(${told.join(' or ')})` : told.join(' or ');
    }
    case 'and': {
      const parts = condition.operands.map((operand) =>
        operand.kind === 'not'
          ? `without ${tell(operand.operand, titles, true)}`
          : tell(operand, titles, true),
      );
      const told = parts.reduce((text, part) =>
        part.startsWith('without ') ? `${text}, ${part}` : `${text} and ${part}`,
      );
      return isInner ? `(${told})` : told;
    }
  }
}
