/** The service's answers, as its OpenAPI document describes them; `npm run types` writes `openapi.d.ts` from it. */
import type { components, paths } from './openapi';

export type Schemas = components['schemas'];

/** The JSON that a path answers with. */
export type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
