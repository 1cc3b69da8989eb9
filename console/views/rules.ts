import type { Runbook } from '../../shared/alert/runbook.ts';
import { listFindings } from '../../shared/stages/alert.ts';
import type { ConsolePorts } from '../ports.ts';
import type { RuleListing } from '../rule-listing.ts';

export interface ListedRule {
  readonly rule: RuleListing;
  readonly findings: number;
  readonly lastMs: number | undefined;
  readonly hasRunbook: boolean;
}

export interface RulesView {
  readonly rules: readonly ListedRule[];
  readonly stage: string;
  readonly level: string;
  /** How many are before the first that is shown. */
  readonly from: number;
}

export interface RuleView extends ListedRule {
  readonly runbook: Runbook | undefined;
}

const FINDINGS_READ = 1_000;

export async function loadRules(ports: ConsolePorts, parameters: URLSearchParams): Promise<RulesView> {
  const stage = (parameters.get('stage') ?? '').slice(0, 20);
  const level = (parameters.get('level') ?? '').slice(0, 20);
  const from = Number(parameters.get('from') ?? 0);
  return {
    stage,
    level,
    from: Number.isSafeInteger(from) && from > 0 ? from : 0,
    rules: await listed(ports),
  };
}

export async function loadRule(ports: ConsolePorts, id: string): Promise<RuleView | undefined> {
  const found = (await listed(ports)).find(({ rule }) => rule.id === id);
  return found && { ...found, runbook: ports.runbooks.get(id) };
}

async function listed(ports: ConsolePorts): Promise<readonly ListedRule[]> {
  const counts = new Map<string, { count: number; lastMs: number }>();
  for (const { finding } of await listFindings(ports.table, FINDINGS_READ)) {
    const before = counts.get(finding.rule.uid);
    counts.set(finding.rule.uid, {
      count: (before?.count ?? 0) + 1,
      lastMs: Math.max(before?.lastMs ?? 0, finding.lastTime),
    });
  }
  return ports.rules.map((rule) => ({
    rule,
    findings: counts.get(rule.id)?.count ?? 0,
    lastMs: counts.get(rule.id)?.lastMs,
    hasRunbook: ports.runbooks.has(rule.id),
  }));
}
