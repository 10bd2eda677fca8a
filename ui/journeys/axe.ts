// The rules of axe, asked in the page itself.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

type Results = Awaited<ReturnType<AxeBuilder['analyze']>>;
interface Axe {
  run(context: Document, options: object): Promise<Results>;
}

const require = createRequire(import.meta.url);
/** The source of axe-core. Minified, because each document compiles it again. */
const SOURCE = readFileSync(
  createRequire(require.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'),
  'utf8',
);

/**
 * What breaks the rules of axe, or some of them. `AxeBuilder.analyze` finds the same, but loads axe twice for each
 * look and opens a page of its own to sum up frames; what we look at has none.
 */
export async function violationsIn(page: Page, rules?: string[]): Promise<string[]> {
  if (page.frames().length > 1) throw new Error('frames are not looked into');
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const options = {
    // What passes is not described node by node.
    resultTypes: ['violations'],
    ...(rules ? { runOnly: { type: 'rule', values: rules } } : {}),
  };
  return page.evaluate(async (options) => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, options);
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  }, options);
}
