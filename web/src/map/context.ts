/** The map, as it gives itself to what draws on it: undefined until its style is loaded. */
import { createContext } from '@lit/context';
import type { Map as MapLibre } from 'maplibre-gl';

export const mapContext = createContext<MapLibre | undefined>(Symbol('map'));
