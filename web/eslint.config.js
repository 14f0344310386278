import js from '@eslint/js';
import { configs as lit } from 'eslint-plugin-lit';
import { fileURLToPath } from 'node:url';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist', 'node_modules', 'test/lighthouse/node_modules', 'src/api/openapi.d.ts'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts'],
    extends: [ts.configs.recommendedTypeChecked, ts.configs.stylisticTypeChecked, lit['flat/recommended']],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url)) } },
    rules: {
      // `a!` says that a human knows; `noUncheckedIndexedAccess` asks for it in loops over arrays.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
      // Lit calls the listeners of a template with the part as `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['test/**/*.{mjs,js}', '*.js', '*.ts'], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { files: ['vite.config.ts'], extends: [ts.configs.recommended] },
  { files: ['public/**/*.js'], languageOptions: { globals: globals.browser } },
);
