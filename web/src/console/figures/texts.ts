/** The texts of the page of figures. */
import { texts } from '../../texts/of';

export const vi = {
  title: 'Số liệu báo cáo',
  unit: 'Địa bàn',
  asOf: 'Tính đến ngày',
  compare: 'So với ngày',
  knownAt: 'Ghi nhận đến ngày',
  published: 'Số đã công bố',
  choose: 'Chọn…',
  days: '{unit}, tính đến {on}',
  known: 'theo những gì ghi nhận đến {on}',
  figure: 'Chỉ tiêu',
  wasPublished: 'Đã công bố',
  inRegister: 'Theo sổ, {on}',
  change: 'So với {on}',
  now: 'Theo sổ, hôm nay',
  book: 'Tải sổ tính Excel',
  print: 'In',
  byCommune: '{unit}: từng xã, phường',
  bookBelow: 'Tải bảng Excel',
};

export const en: Record<keyof typeof vi, string> = {
  title: 'Figures to report',
  unit: 'Area',
  asOf: 'As of',
  compare: 'Compared with',
  knownAt: 'As known on',
  published: 'Published figures',
  choose: 'Choose…',
  days: '{unit}, as of {on}',
  known: 'as known on {on}',
  figure: 'Figure',
  wasPublished: 'Published',
  inRegister: 'Register, {on}',
  change: 'Against {on}',
  now: 'Register, today',
  book: 'Download the workbook',
  print: 'Print',
  byCommune: '{unit}: commune by commune',
  bookBelow: 'Download the table',
};

export const t = texts(vi, en);
