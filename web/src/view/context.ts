/** The model, as the page gives it to its parts. */
import { createContext } from '@lit/context';
import type { Model } from './model';

export const modelContext = createContext<Model>(Symbol('model'));
