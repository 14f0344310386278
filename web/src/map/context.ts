/** The context with the map, for all parts that draw on it. Undefined until its style is loaded. */
import { createContext } from '@lit/context';
import type { Map as MapLibre } from 'maplibre-gl';

export const mapContext = createContext<MapLibre | undefined>(Symbol('map'));
