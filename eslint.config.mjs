import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const sources = ['libs/*/src/**/*.ts', 'src/**/*.ts'];
const tests = ['**/*.spec.ts', '**/__fixtures__/**/*.ts', 'test/**/*.ts'];

/** Decided once; whoever meets one of these reads the reason here. */
export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.data/', 'coverage/', 'examples/**/node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A Nest module is an empty class whose decorator says everything.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Numbers print alike everywhere; what may not be printed is an object.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => work()` where nobody looks at the result reads best as it is.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // A port's method is async for those implementations that need it.
      '@typescript-eslint/require-await': 'off',
      // A type parameter that only the caller fills is how a row gets its type at the door of the database.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Nest serves plain objects in the shape of the class that documents them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `[...text]` counts code points, and is meant to.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // State is plain JSON, keyed by the names of a document.
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    // Nest reads constructor parameters' types at run time, so their imports must be real ones.
    files: sources,
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off',
      // The views of the API are classes for the OpenAPI document alone; their shape is what counts.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-console': 'error',
    },
  },
  {
    // Decorators and registries meet classes of every shape; a strategy narrows its own config.
    files: ['libs/ports/src/node.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unsafe-function-type': 'off',
    },
  },
  {
    files: tests,
    rules: {
      // A test may look into what is unknown, and reads best without ceremony.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        module: 'writable',
        performance: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
