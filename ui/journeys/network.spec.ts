import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './portal';

const LOGIN = `Basic ${Buffer.from('ada:a secret word').toString('base64')}`;

/** A proxy that wants a password, and that Codat’s address is closed to. */
const withProxy = test.extend<{ companyProxy: string }>({
  companyProxy: async ({}, use) => {
    const server = createServer().on('connect', (request, socket) => {
      const isKnown = request.headers['proxy-authorization'] === LOGIN;
      socket.end(`HTTP/1.1 ${isKnown ? '403 Forbidden' : '407 Proxy Authentication Required'}\r\n\r\n`);
    });
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((closed) => server.close(closed));
  },
});
withProxy.use({ codatBase: 'https://codat.test' });

withProxy('a proxy is set, tested and kept, without its password', async ({ page, portal, companyProxy }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Network', exact: true }).click();
  const network = page.getByRole('region', { name: 'Network' });
  const save = network.getByRole('button', { name: 'Save' });
  const testIt = network.getByRole('button', { name: 'Test connection' });
  const address = network.getByLabel('Proxy address');
  await expect(network).toContainText('PAC isn’t supported');
  await expect(save).toBeHidden();

  await network.getByRole('radio', { name: 'Manual' }).check();
  await address.fill('proxy.example.com');
  await save.click();
  await expect(network.getByRole('alert')).toContainText('needs http:// or https://, a host and a port');
  await expect(address).toHaveAttribute('aria-invalid', 'true');

  await address.fill(companyProxy);
  await network.getByLabel('CA file').fill('/no/such/file.pem');
  await testIt.click();
  await expect(network.getByRole('alert')).toContainText('“/no/such/file.pem” can’t be opened');
  await network.getByLabel('CA file').fill('');

  await testIt.click();
  await expect(network.getByRole('status')).toContainText('asks for a user name and password (407)');
  await network.getByLabel('User name').fill('ada');
  await network.getByLabel('Password', { exact: true }).fill('a secret word');
  await testIt.click();
  await expect(network.getByRole('status')).toContainText('doesn’t allow connections to Codat');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await portal.isAccessible();
  }
  expect(await portal.outOfReach()).toEqual([]);

  // There is no keyring here.
  await network.getByRole('checkbox', { name: /session only/ }).check();
  await save.click();
  await expect(portal.message('Network settings saved')).toBeVisible();
  await page.reload();
  await expect(address).toHaveValue(companyProxy);
  const password = network.getByLabel('Password', { exact: true });
  await expect(password).toHaveValue('');
  await expect(password).toHaveAttribute('placeholder', 'Saved');
  expect(await page.content()).not.toContain('a secret word');

  await network.getByRole('button', { name: 'Delete the saved password' }).click();
  await expect(portal.message('Proxy password deleted')).toBeVisible();
  await expect(password).not.toHaveAttribute('placeholder', 'Saved');
});
