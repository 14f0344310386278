/** The page's icons: lines of 1.8 in a box of 24. The text beside an icon says the same. */
import { svg, html } from 'lit';

const PATHS = {
  close: 'M6 6l12 12M18 6L6 18',
  refresh: 'M20 11a8 8 0 1 0-2.3 6M20 5v6h-6',
  print: 'M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.6-5.6l-1.5 1.4M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.6 5.6l1.5-1.4',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5',
  back: 'M11 5l-7 7 7 7M4 12h16',
  next: 'M13 5l7 7-7 7M20 12H4',
  place:
    'M12 3a6.5 6.5 0 0 0-6.5 6.5C5.5 14.500 12 21 12 21s6.500-6.500 6.500-11.500A6.500 6.500 0 0 0 12 3zM12 11.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  rows: 'M4 6h16M4 12h16M4 18h10',
  whole: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v5M16 3v5',
};

export function icon(name: keyof typeof PATHS) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name]}></path>`}</svg>`;
}
