/** How Chromium is started, for pictures and for tests of pages. */
export const CHROMIUM = {
  /** Debian's and Ubuntu's; CHROMIUM names another. */
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
