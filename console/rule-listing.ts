/** A rule as the console lists it, whatever kind it is. */
export interface RuleListing {
  readonly id: string;
  readonly title: string;
  readonly level: string;
  readonly stage: string;
  /** `rule`, `correlation`, `baseline` */
  readonly kind: string;
  readonly description: string;
  readonly author: string | undefined;
  readonly tags: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  readonly logsource: string;
  /** Events that it was tried on: those that must match, and those that must not. */
  readonly tests: { readonly matching: number; readonly others: number } | undefined;
}
