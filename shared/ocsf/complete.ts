import { activityName, CLASSES } from './classes.ts';
import { compact } from './compact.ts';
import {
  ACTION,
  AUTH_PROTOCOL,
  type Captions,
  CONFIDENCE,
  DISPOSITION,
  FINDING_STATUS,
  LOGON_TYPE,
  SEVERITY,
  STATUS,
} from './enums.ts';
import { OCSF_VERSION, type OcsfBody, type OcsfEvent, type Product } from './event.ts';

/** What a source does not know of its own event. */
export interface Origin {
  /** metadata.uid. */
  readonly uid: string;
  readonly originalEventUid: string | undefined;
  readonly product: Product;
}

/**
 * The whole event: names and captions beside the ids, category, type_uid, metadata, and nothing empty. The captions
 * are OCSF's; where an id is 99 the source's own word stays. The members' order is fixed.
 */
export function complete(body: OcsfBody, origin: Origin): OcsfEvent {
  const ocsfClass = CLASSES[body.class_uid];
  const activity = activityName(body.class_uid, body.activity_id) ?? 'Other';
  const { metadata, ...rest } = body;
  const event: OcsfEvent = {
    metadata: {
      ...metadata,
      version: OCSF_VERSION,
      uid: origin.uid,
      original_event_uid: metadata.original_event_uid ?? origin.originalEventUid,
      product: { ...origin.product, ...metadata.product },
    },
    category_uid: ocsfClass.category_uid,
    category_name: ocsfClass.category_name,
    class_name: ocsfClass.name,
    type_uid: body.class_uid * 100 + body.activity_id,
    type_name: `${ocsfClass.name}: ${activity}`,
    ...rest,
    activity_name:
      body.activity_id === 99 ? (body.activity_name ?? body.api?.operation ?? activity) : activity,
    severity: captionOf(SEVERITY, body.severity_id, body.severity),
    status: captionOf(ocsfClass.category_uid === 2 ? FINDING_STATUS : STATUS, body.status_id, body.status),
    action: captionOf(ACTION, body.action_id, body.action),
    disposition: captionOf(DISPOSITION, body.disposition_id, body.disposition),
    confidence: captionOf(CONFIDENCE, body.confidence_id, body.confidence),
    auth_protocol: captionOf(AUTH_PROTOCOL, body.auth_protocol_id, body.auth_protocol),
    logon_type: captionOf(LOGON_TYPE, body.logon_type_id, body.logon_type),
  };
  return compact(event);
}

function captionOf(captions: Captions, id: number | undefined, own: string | undefined): string | undefined {
  if (id === undefined || id === 99) return own;
  return captions[id] ?? own;
}
