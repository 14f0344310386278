/** The texts of forms. */
import { texts } from '../../texts/of';

export const vi = {
  notNumber: '“{given}” không phải là số.',
  required: 'Cần ghi mục này.',
  unknown: 'Chưa rõ',
  choose: 'Chọn…',
  ended: '{label} (đã hết hiệu lực)',
  remove: 'Bỏ chọn',
  find: 'Gõ tên để tìm',
  nothingFound: 'Không tìm thấy.',
  between: 'Từ {min} đến {max}',
  waiting: 'Còn {n} việc chưa gửi được lên máy chủ; sẽ tự gửi khi có mạng.',
  refusedWork: '{n} việc máy chủ chưa nhận, cần xem lại.',
  sendNow: 'Gửi ngay',
  review: 'Xem lại',
  sentLater: 'Đã gửi: {title}',
};

export const en: Record<keyof typeof vi, string> = {
  notNumber: '“{given}” is no number.',
  required: 'This is needed.',
  unknown: 'Unknown',
  choose: 'Choose…',
  ended: '{label} (no longer in force)',
  remove: 'Remove',
  find: 'Type a name to search',
  nothingFound: 'Nothing found.',
  between: 'From {min} to {max}',
  waiting: '{n} entries wait to be sent; they are sent when there is a connection.',
  refusedWork: '{n} entries were refused and must be looked at.',
  sendNow: 'Send now',
  review: 'Look at it',
  sentLater: 'Sent: {title}',
};

export const t = texts(vi, en);
