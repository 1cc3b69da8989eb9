/** The engine's public face: parse, compile, match. */
export {
  type Compiled,
  type CompileOptions,
  compileRules,
  type FieldAliases,
  type RuleSet,
  type SigmaEvent,
} from './compile.ts';
export { type Fault, formatFault, type Position } from './fault.ts';
export { type Parsed, parseRules } from './parse.ts';
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
