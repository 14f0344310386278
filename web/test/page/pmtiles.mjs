/** A PMTiles file (version 3) of one tile, that of zoom 0. */
import { gzipSync } from 'node:zlib';

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const HEADER = 127;

/** `type`: 1 vector, 2 PNG. `layers`: the names of those of a vector tile. */
export function archive({ type, bytes, layers = ['water'] }) {
  // Of one entry: count; tile id; run length; length; offset + 1. Each is below 128 or written as a varint.
  const directory = gzipSync(Buffer.from([1, 0, 1, ...varint(bytes.length), 1]));
  const metadata = gzipSync(
    JSON.stringify({ attribution: 'Nền thử', vector_layers: type === 1 ? layers.map((id) => ({ id, fields: {} })) : undefined }),
  );
  const header = Buffer.alloc(HEADER);
  header.write('PMTiles');
  header[7] = 3;
  const places = [
    HEADER,
    directory.length,
    HEADER + directory.length,
    metadata.length,
    0,
    0,
    HEADER + directory.length + metadata.length,
    bytes.length,
  ];
  places.forEach((value, i) => header.writeBigUInt64LE(BigInt(value), 8 + i * 8));
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(1n, at);
  header[96] = 1; // clustered
  header[97] = 2; // directories packed by gzip
  header[98] = type === 1 ? 2 : 1; // tiles
  header[99] = type;
  const degrees = (value, at) => header.writeInt32LE(value * 1e7, at);
  [
    [-180, 102],
    [-85, 106],
    [180, 110],
    [85, 114],
  ].forEach(([value, at]) => degrees(value, at));
  return Buffer.concat([header, directory, metadata, bytes]);
}

function varint(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}
