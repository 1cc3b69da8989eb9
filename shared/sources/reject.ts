export { KEPT_SIZE_BYTES, makeReject } from '../json/reject.ts';
