/** The engine's public face: parse, compile, match. */
export { type Compiled, type CompileOptions, compileRules } from './compile.ts';
export {
  type ConditionExplanation,
  type DetectionExplanation,
  explainRule,
  type ItemExplanation,
  type RuleExplanation,
  type SearchExplanation,
} from './explain.ts';
export { collect, type Fault, formatFault, further, type Position, quote, type Report } from './fault.ts';
export type { FieldAliases } from './field-slots.ts';
export { type OtherDocument, type Parsed, type ParseOptions, parseRules } from './parse.ts';
export { flag, oneOf, stringList, text } from './parse-attribute.ts';
export type { Placeholders } from './placeholder.ts';
export {
  type Filter,
  type Level,
  type Rule,
  type RuleHeader,
  type RuleLogsource,
  referenceOf,
  type Status,
} from './rule.ts';
export type { Route, RuleSet, SigmaEvent } from './rule-set.ts';
export { soundPatterns } from './sound-patterns.ts';
export {
  describe,
  entryOf,
  toJson,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
} from './yaml.ts';
