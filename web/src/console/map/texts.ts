/** The texts of the console's map. */
import { texts } from '../../texts/of';

export const vi = {
  map: 'Bản đồ chọn vị trí. Dùng phím mũi tên để di chuyển, phím cộng và trừ để phóng to, thu nhỏ; điểm chọn là tâm bản đồ.',
  mapOnly: 'Bản đồ vị trí',
  direction: 'Hướng quay',
  degrees: '{n} độ',
  zoomIn: 'Phóng to',
  zoomOut: 'Thu nhỏ',
  noMap: 'Thiết bị này không mở được bản đồ; hãy dán tọa độ.',
};

export const en: Record<keyof typeof vi, string> = {
  map: 'Map to choose a place. Arrow keys move it, plus and minus zoom; the place is the middle of the map.',
  mapOnly: 'Map of the place',
  direction: 'Direction',
  degrees: '{n} degrees',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  noMap: 'This device cannot show the map; paste the coordinates.',
};

export const t = texts(vi, en);
