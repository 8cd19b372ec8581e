/** The picture of the exporter's own status page. */
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';

/** @param url of the exporter */
export async function drawStatusPage(url: string): Promise<Buffer> {
  await using browser = await chromium.launch(CHROMIUM);
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  await page.goto(`${url}/`);
  return await page.screenshot();
}
