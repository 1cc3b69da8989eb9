import type { Alert } from '../../alert/alert.ts';
import type { AlertMessage } from '../sink.ts';
import { isWorse, SEVERITY_MARKS, stateLine, times } from '../words.ts';

/**
 * What is said in the thread of a message that was updated, because Slack tells nobody of an update: what people did,
 * and that it became worse. Undefined for one more of the same.
 */
export function threadLine(message: AlertMessage, told: string | undefined): string | undefined {
  const { change, alert } = message;
  switch (change) {
    case 'acknowledged':
    case 'snoozed':
    case 'resolved':
      return stateLine(message) ?? '○ Open again';
    case 'opened':
      return isWorse(alert.severity, told) ? `○ Open again. ${worse(alert)}` : '○ Open again';
    case 'updated':
      return isWorse(alert.severity, told) ? worse(alert) : undefined;
    case 'digest':
    case 'test':
      return undefined;
  }
}

function worse({ severity, message, count }: Alert): string {
  return `Now ${SEVERITY_MARKS[severity]}: ${message} (${times(count)} so far)`;
}
