/** The texts of the page with what to do. */
import { texts } from '../../texts/of';

export const vi = {
  title: 'Việc cần làm',
  area: 'Địa bàn',
  progress: 'Tiến độ',
  inOrder: 'Đã đầy đủ {sound}/{count} bản ghi',
  nothing: 'Không còn việc nào. Số liệu của địa bàn đã đầy đủ.',
  effect: 'ảnh hưởng {n} {unit}',
  stillTrue: 'Vẫn đúng',
  showMore: 'Hiện thêm',
  allRows: 'Mở danh sách ({n})',
  ended: '{field}: “{value}” đã hết từ {on}',
  endedRows: 'Còn {n} {what} ghi giá trị này. Chọn giá trị thay thế:',
  becomes: 'Đổi thành {title}',
  replaceTitle: 'Đổi giá trị đã hết',
  replaceText: 'Đổi {n} dòng từ “{from}” thành “{to}”, tính từ ngày giá trị cũ hết. Số liệu các ngày trước giữ nguyên.',
  replace: 'Đổi',
  reason: 'Lý do',
  replaced: 'Đã đổi {n} dòng.',
};

export const en: Record<keyof typeof vi, string> = {
  title: 'To do',
  area: 'Area',
  progress: 'Progress',
  inOrder: '{sound} of {count} records are in order',
  nothing: 'Nothing is left to do. The figures of this area are complete.',
  effect: 'affects {n} {unit}',
  stillTrue: 'Still true',
  showMore: 'Show more',
  allRows: 'Open the list ({n})',
  ended: '{field}: “{value}” ended on {on}',
  endedRows: '{n} {what} still hold it. Choose what replaces it:',
  becomes: 'Change to {title}',
  replaceTitle: 'Replace a value that ended',
  replaceText: 'Changes {n} rows from “{from}” to “{to}”, since the day on which the old value ended. Figures of earlier days stay.',
  replace: 'Replace',
  reason: 'Reason',
  replaced: '{n} rows changed.',
};

export const t = texts(vi, en);
