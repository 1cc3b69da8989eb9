import { describe, expect, test } from 'vitest';
import { environmentOf } from '../../shared/detect/environment.ts';
import { levelIn, settingsFaults, settingsOf } from '../../shared/detect/settings.ts';
import type { OcsfEvent, ResourceDetails } from '../../shared/ocsf/event.ts';
import { cloudTrail, ruleOf, STOP_LOGGING } from './events.ts';

const event = (resources: readonly ResourceDetails[] = []): OcsfEvent => ({
  ...cloudTrail('StopLogging').event,
  resources,
});
const place = (environment: string, accounts: readonly string[], resources: readonly string[] = []) => ({
  environment,
  accounts,
  resources,
});

describe('the environment of an event', () => {
  test.for([
    [[{ type: 'environment', name: 'Production' }], 'production'],
    [[{ type: 'environment', name: 'prod' }], 'production'],
    [[{ name: 'x', labels: ['team:a', 'env=stg'] }], 'staging'],
    [[{ name: 'x', labels: ['Environment: qa'] }], 'qa'],
    [[{ name: 'production' }], undefined],
    [[], undefined],
  ] as const)('is what it says itself: %j', ([resources, environment]) => {
    expect(environmentOf(event(resources))).toBe(environment);
  });

  test.for([
    [[place('production', ['111122223333'])], 'production'],
    [[place('production', ['1111*'])], 'production'],
    [[place('production', ['*3333'])], 'production'],
    [[place('production', ['1*2*3'])], 'production'],
    [[place('production', ['1*4*3'])], undefined],
    [[place('production', ['111122223333444*'])], undefined],
    [[place('production', ['11112222333'])], undefined],
    [[place('staging', [], ['*-staging']), place('production', ['*'])], 'staging'],
    [[place('production', [], ['API-*'])], 'production'],
    [[], undefined],
  ] as const)('is that of the first place that it is in: %j', ([places, environment]) => {
    const resources = [{ name: 'api-staging', namespace: 'shop' }];
    expect(environmentOf(event(resources), places)).toBe(environment);
  });

  test('is its own word before any place, and is found without looking back', () => {
    const own = event([{ type: 'environment', name: 'staging' }]);
    expect(environmentOf(own, [place('production', ['*'])])).toBe('staging');
    const long = event([{ name: 'a'.repeat(100_000) }]);
    expect(environmentOf(long, [place('production', [], [`${'a*'.repeat(50)}b`])])).toBeUndefined();
  });
});

describe('the settings of a rule', () => {
  const rule = (settings: string) =>
    ruleOf(STOP_LOGGING.replace('stage: live', `stage: live\n  ${settings}`));

  test('have a budget and levels by environment', () => {
    const own = rule('budget: 7\n  severity: {Production: critical, staging: low}');
    expect(settingsFaults(own)).toEqual([]);
    expect(settingsOf(own).budget).toBe(7);
    expect(
      ['production', 'PRODUCTION', 'staging', 'qa', undefined].map((each) => levelIn(own, each)),
    ).toEqual(['critical', 'critical', 'low', 'high', 'high']);
    expect(settingsOf(ruleOf(STOP_LOGGING))).toMatchObject({ budget: undefined, severity: new Map() });
  });

  test.for([
    ['budget: 0', 'expected trailproof.budget to be a whole number of alerts a week'],
    ['budget: 1.5', 'expected trailproof.budget'],
    ['budget: "5"', 'expected trailproof.budget'],
    ['severity: high', 'expected trailproof.severity to be a map from an environment'],
    ['severity: {production: severe}', 'expected trailproof.severity'],
    ['severity: {"a b": high}', 'expected trailproof.severity'],
    ['budgets: 5', 'unknown member trailproof.budgets; known are stage, family, group-by, window, budget'],
  ] as const)('are told apart from what is none: %s', ([settings, message]) => {
    expect(settingsFaults(rule(settings)).join()).toContain(message);
  });
});
