/* global maplibregl */
// The least that shows one of our layers: MapLibre, no base map, the records of the home as circles.
const map = new maplibregl.Map({
  container: 'map',
  center: [105.68, 19.8],
  zoom: 11.5,
  style: { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': '#eef1f2' } }] },
});
map.addControl(new maplibregl.NavigationControl());
map.on('load', () => {
  const data = '/api/v1/collections/cameras/items?within=405@2023-09-20&as_of=2023-09-20&limit=10000';
  map.addSource('records', { type: 'geojson', data });
  map.addLayer({ id: 'records', type: 'circle', source: 'records', paint: { 'circle-color': '#0b5c7d', 'circle-radius': 5 } });
});
