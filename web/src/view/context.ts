/** The context with the model, for all parts of the page. */
import { createContext } from '@lit/context';
import type { Model } from './model';

export const modelContext = createContext<Model>(Symbol('model'));
