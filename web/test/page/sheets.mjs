/** The sheets that the tests of the import screen send: written as offices write them, by a script. */
import { day, workbook } from './workbook.mjs';

/** The same sequence each time. */
function sequence(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** VN-2000, central meridian 105°: an affine fit to PROJ's EPSG:5897, good to some metres around Đông Sơn. */
function metres(lon, lat) {
  const [e, n] = [lon - 105.68, lat - 19.78];
  return [Math.round(571056.37 + 104786.9 * e - 445.2 * n), Math.round(2188044.62 + 433.3 * e + 110696.4 * n)];
}

function sexagesimal(degrees, letter) {
  const seconds = Math.round(degrees * 36000) / 10;
  return `${Math.floor(seconds / 3600)}°${Math.floor((seconds % 3600) / 60)}'${(seconds % 60).toFixed(1)}"${letter}`;
}

const comma = (number) => number.toFixed(5).replace('.', ',');

/** How the place of a row is written: a few in metres, in degrees and minutes, or swapped. */
function place(nth, lon, lat) {
  if (nth % 25 === 7) return metres(lon, lat).reverse();
  if (nth % 10 === 3) return [sexagesimal(lat, 'N'), sexagesimal(lon, 'E')];
  if (nth % 30 === 11) return [lon, lat];
  if (nth % 7 === 5) return [comma(lat), comma(lon)];
  return [lat, lon];
}

const of = (list, random) => list[Math.floor(random() * list.length)];

export const MESSY_ROWS = 300;

/** 300 cameras of a ward, `tag` in each name: titles, a header of two rows, sections, a total, signatures, decomposed
 * accents, places in four notations, telephones as numbers, one impossible day. */
export function messy(tag) {
  const random = sequence(17);
  const title = (text) => [text];
  const rows = [
    title('CÔNG AN TỈNH THANH HÓA'),
    title('CÔNG AN PHƯỜNG ĐÔNG SƠN'),
    [],
    title('BIỂU TỔNG HỢP CAMERA AN NINH TRÊN ĐỊA BÀN'),
    title('(Kèm theo Báo cáo số 142/BC-CAP ngày 20/11/2026)'),
    [],
    [
      'STT',
      'Vị trí lắp đặt camera',
      'Địa bàn',
      'Tọa độ',
      null,
      'Chủng loại',
      'Số mắt',
      'Đơn vị quản lý',
      'Tình trạng',
      'Ngày lắp đặt',
      'Họ tên chủ hộ',
      'Số điện thoại',
      'Ghi chú',
    ],
    [null, null, null, 'Vĩ độ', 'Kinh độ'],
  ];
  const merges = [
    'A1:M1',
    'A2:M2',
    'A4:M4',
    'A5:M5',
    'D7:E7',
    ...['A', 'B', 'C', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M'].map((column) => `${column}7:${column}8`),
  ];
  let eyes = 0;
  for (let nth = 0; nth < MESSY_ROWS; nth++) {
    if (nth % 100 === 0) rows.push([['I', 'II', 'III'][nth / 100], `Khu vực ${nth / 100 + 1}`]);
    const [column, line] = [nth % 20, Math.floor(nth / 20)];
    const [lon, lat] = [105.675 + column * 0.0006 + random() * 0.0001, 19.81 + line * 0.0006 + random() * 0.0001];
    const places = place(nth, Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6);
    const name = `${of(['Ngã tư', 'Cổng chào', 'Nhà văn hóa', 'Trường tiểu học', 'Đường Lê Lợi'], random)} ${tag}-${nth + 1}`;
    const count = 1 + Math.floor(random() * 3);
    eyes += count;
    const isHousehold = nth % 9 === 4;
    rows.push([
      nth + 1,
      nth % 3 ? name.normalize('NFD') : name,
      of(['Đông Sơn', 'P. Đông Sơn', 'Phường Đông Sơn', 'phường ĐÔNG SƠN'.normalize('NFD')], random),
      ...places,
      nth % 5 === 1 && nth < 285 ? '360' : of(['Thân trụ', 'PTZ', 'Bán cầu', 'Quay quét'], random),
      nth % 8 === 2 ? `${count} mắt` : count,
      isHousehold ? 'Hộ gia đình' : of(['CAP Đông Sơn', 'CAP Đông Sơn', 'CA phường Đông Sơn', 'UBND phường'], random),
      of(['Đang sử dụng', 'Đang sử dụng', 'Đang hoạt động', 'Tốt', 'Hỏng'], random),
      nth === 120 ? '31/02/2024' : nth % 4 ? day(`2024-0${1 + (nth % 9)}-1${nth % 10}`) : `1${nth % 10}/0${1 + (nth % 9)}/2024`,
      isHousehold ? `Lê Văn ${of(['Hùng', 'Bình', 'Tâm'], random)}` : null,
      isHousehold ? 912000000 + nth : null,
      nth % 40 === 0 ? 'Đã kiểm tra' : null,
    ]);
  }
  const last = rows.length;
  rows.push([null, 'Tổng cộng', null, null, null, null, eyes], []);
  rows.push([null, 'NGƯỜI LẬP BIỂU', null, null, null, null, null, null, 'TRƯỞNG CÔNG AN PHƯỜNG']);
  rows.push([null, '(Ký, ghi rõ họ tên)'], [], [null, 'Nguyễn Thị Lan', null, null, null, null, null, null, 'Thượng tá Lê Văn Minh']);
  merges.push(`B${last + 1}:F${last + 1}`);
  return workbook('Camera', rows, merges);
}

export const STATIONS = 2000;

/** The stations of an operator, in the month before. */
export function stations(tag, operator = 'Viettel') {
  const random = sequence(5);
  return Array.from({ length: STATIONS }, (_, nth) => ({
    number: `${tag}-${String(nth + 1).padStart(4, '0')}`,
    code: `TH${tag}${String(nth + 1).padStart(4, '0')}`,
    name: `Trạm ${tag} ${nth + 1}`,
    operator,
    lat: Math.round((19.81 + Math.floor(nth / 50) * 0.0006 + random() * 0.00005) * 1e6) / 1e6,
    lon: Math.round((105.655 + (nth % 50) * 0.0006 + random() * 0.00005) * 1e6) / 1e6,
    technologies: of(['2G, 4G', '4G', '4G, 5G'], random),
    height: 20 + Math.floor(random() * 30),
    state: 'Đang phát sóng',
  }));
}

/** The list of the next month: 15 changed, 3 missing, 3 renamed (with a new code), 2 moved (with a new code). */
export function nextMonth(before) {
  const after = before.map((station) => ({ ...station }));
  for (let nth = 0; nth < 15; nth++) after[100 + nth].height += 5;
  for (let nth = 0; nth < 3; nth++) {
    const station = after[200 + nth];
    Object.assign(station, { name: `${station.name} mới`, code: `${station.code}B`, number: `${station.number}B` });
  }
  for (let nth = 0; nth < 2; nth++) {
    const station = after[300 + nth];
    Object.assign(station, { lat: station.lat + 0.0002, code: `${station.code}C`, number: `${station.number}C` });
  }
  return after.filter((_, nth) => ![400, 401, 402].includes(nth));
}

/** A list of stations as the operator sends it. */
export function stationSheet(stations) {
  const header = [
    'STT',
    'Mã của đơn vị gửi',
    'Mã trạm',
    'Tên trạm',
    'Nhà mạng',
    'Vĩ độ',
    'Kinh độ',
    'Công nghệ',
    'Chiều cao cột (m)',
    'Tình trạng',
  ];
  const row = (station, nth) => [
    nth + 1,
    station.number,
    station.code,
    station.name,
    station.operator,
    station.lat,
    station.lon,
    station.technologies,
    station.height,
    station.state,
  ];
  return workbook('Danh sách BTS', [['DANH SÁCH TRẠM BTS THÁNG 11/2026'], header, ...stations.map(row)], ['A1:J1']);
}
