/** The types of the service's answers, from its OpenAPI document. `npm run types` writes `openapi.d.ts`. */
import type { components, paths } from './openapi';

export type Schemas = components['schemas'];

/** The type of the JSON at a path. */
export type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
