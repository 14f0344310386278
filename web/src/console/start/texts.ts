/** The texts of the first page. */
import { texts } from '../../texts/of';

export const vi = {
  hello: 'Xin chào, {name}',
  scope: 'Địa bàn được giao',
  everywhere: 'Toàn bộ sổ',
  andMore: '… và {n} xã, phường khác',
};

export const en: Record<keyof typeof vi, string> = {
  hello: 'Hello, {name}',
  scope: 'Your area',
  everywhere: 'The whole register',
  andMore: '… and {n} more communes',
};

export const t = texts(vi, en);
