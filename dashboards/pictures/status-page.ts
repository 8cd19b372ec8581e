/** The picture of the exporter's own status page. */
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';

/**
 * @param url of the exporter
 * @param names by what a node would have instead of what the laboratory has: its host name, the pathspace of its FRR
 */
export async function drawStatusPage(url: string, names: Readonly<Record<string, string>>): Promise<Buffer> {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    await page.route('**/*', async (route) => {
      const response = await route.fetch();
      const shown = Object.entries(names).reduce(
        (body, [from, to]) => body.replaceAll(from, to),
        await response.text(),
      );
      await route.fulfill({ response, body: shown });
    });
    await page.goto(`${url}/`);
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}
