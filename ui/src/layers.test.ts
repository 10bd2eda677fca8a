// What a module of the interface may import. `app` may import everything, `screens` all but `app`.
import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('./**/*.{ts,svelte}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const modules = Object.keys(sources).filter((path) => !path.endsWith('.test.ts'));

/** Folders that a folder must not import from, not even types. */
const FORBIDDEN: Record<string, readonly string[]> = {
  lib: ['app', 'screens'],
  components: ['app', 'screens'],
  screens: ['app'],
};

/** The modules that a module imports; without `types`, only those that are loaded when it is. */
function importsOf(path: string, types: boolean): string[] {
  const clause = types ? '' : '(?!type\\b)';
  const pattern = new RegExp(
    `(?:^\\s*(?:import|export)\\s+${clause}(?:[^;]*?\\sfrom\\s)?|import\\()'(\\.[^']*)'`,
    'gm',
  );
  return [...(sources[path] ?? '').matchAll(pattern)].flatMap(([, target = '']) => {
    const absolute = `.${new URL(target, `http://localhost/${path}`).pathname}`;
    return modules.includes(absolute) ? [absolute] : modules.filter((one) => one === `${absolute}.ts`);
  });
}

test('every relative import of code is found', () => {
  expect(importsOf('./main.ts', false)).toContain('./app/App.svelte');
  expect(importsOf('./app/App.svelte', false)).toContain('./lib/session.svelte.ts');
});

test('the library imports no screen, and components import no screen', () => {
  const folder = (path: string) => path.split('/')[1] ?? '';
  const wrong = modules.flatMap((path) =>
    importsOf(path, true)
      .filter((target) => FORBIDDEN[folder(path)]?.includes(folder(target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('no modules import each other in a circle', () => {
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): string[] => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return [];
    const circle = importsOf(path, false).flatMap((target) => visit(target, [...above, path]));
    done.add(path);
    return circle;
  };
  expect(modules.flatMap((path) => visit(path, []))).toEqual([]);
});
