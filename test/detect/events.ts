import type { DetectedEvent } from '../../shared/detect/detector.ts';
import { testEventReader } from '../../shared/detect/read-test-events.ts';
import { parseRules, type Rule, type RuleLogsource } from '../../shared/detect/sigma/index.ts';
import { sources } from '../../shared/sources/index.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';

export const logsources: ReadonlyMap<string, RuleLogsource> = new Map(
  sources.map((source) => [source.id, source.logsource]),
);

export const readEvents = testEventReader(sources);

/** A CloudTrail call by alice; the rest of the record may be given. */
export function cloudTrail(eventName: string, more: Record<string, unknown> = {}): DetectedEvent {
  const record = {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEALICE00001',
      arn: 'arn:aws:iam::111122223333:user/alice',
      accountId: '111122223333',
      userName: 'alice',
    },
    eventTime: '2026-03-04T02:17:09Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: { name: 'organisation' },
    responseElements: null,
    requestID: '7f0c6f0e-0000-4000-8000-000000000001',
    eventID: '0a1b2c3d-0000-4000-8000-000000000001',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...more,
  };
  const [event] = readEvents(JSON.stringify(record));
  if (event === undefined) throw new Error('CloudTrail did not read its own record');
  return event;
}

export function folded(event: DetectedEvent, index: number): FoldedEvent {
  return { ...event, index };
}

/** The only rule of a text. */
export function ruleOf(text: string): Rule {
  const { rules, faults } = parseRules(text, 'rule.yml');
  const [rule] = rules;
  if (rule === undefined || faults.length > 0) throw new Error(JSON.stringify(faults));
  return rule;
}

export const STOP_LOGGING = `title: Logging Stopped
id: 6e6f1e5e-6d3b-4a7e-9a53-0d6d6c1f2a01
status: test
description: The trail was stopped.
references:
  - https://example.com/why
author: Alice Example
license: DRL-1.1
date: 2026-01-02
tags:
  - attack.defense-evasion
  - attack.t1562.008
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: StopLogging}
  condition: s
falsepositives:
  - Maintenance
fields: [userIdentity.arn, requestParameters.name, absent]
level: high
weight: 3
trailproof:
  stage: live
  family: audit-logging-stopped
  group-by: [actor.user.name]
  window: 30m
`;
