import type { OcsfBody, Policy } from '../../ocsf/event.ts';
import { type CloudTrailRecord, object, text } from './record.ts';

type Gate = Pick<OcsfBody, 'action_id' | 'disposition_id' | 'authorizations' | 'policy'>;

/**
 * What a person decided at a gate of a pipeline: 8 Approved or 25 Rejected of profile security_control. A call that
 * failed decided nothing.
 * @see https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html
 */
export function gateOf(record: CloudTrailRecord): Gate | undefined {
  const { request } = record;
  if (record.eventName !== 'PutApprovalResult' || record.errorCode !== undefined) return undefined;
  const result = object(request, 'result');
  const decision = text(result, 'status')?.toLowerCase();
  if (decision !== 'approved' && decision !== 'rejected') return undefined;
  const names = [text(request, 'pipelineName'), text(request, 'stageName'), text(request, 'actionName')];
  const policy: Policy = {
    name: names.filter((name) => name !== undefined).join('/') || 'manual approval',
    type: 'CodePipeline approval',
    desc: text(result, 'summary')?.slice(0, 1000),
  };
  const isApproved = decision === 'approved';
  return {
    action_id: isApproved ? 1 : 2,
    disposition_id: isApproved ? 8 : 25,
    policy,
    authorizations: [{ decision, policy }],
  };
}
