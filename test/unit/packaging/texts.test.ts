import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { bashCompletion, environmentFile, manPage } from '../../../packaging/texts.ts';
import { readCommandLine } from '../../../src/cli/command-line.ts';

describe('/etc/default/frr-exporter', () => {
  it('has every flag as a comment, and its defaults are those of the program', () => {
    const settings = [...environmentFile().matchAll(/^#(FRR_EXPORTER_\w+)=(.+)$/gm)];
    expect(settings.length).toBeGreaterThan(40);
    const environment = Object.fromEntries(settings.map(([, name, value]) => [name, value]));
    expect(environment).toMatchObject({
      FRR_EXPORTER_WEB_LISTEN_ADDRESS: ':9342',
      FRR_EXPORTER_COLLECTOR_BGP: 'true',
      FRR_EXPORTER_COLLECTOR_OSPF: 'false',
    });
    const withDefaults = readCommandLine([], environment, '1');
    const without = readCommandLine([], {}, '1');
    expect(JSON.stringify(withDefaults)).toBe(JSON.stringify(without));
  });

  it('sets nothing', () => {
    const set = environmentFile()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(set).toEqual([]);
  });
});

describe('frr-exporter(1)', () => {
  it('has every command and flag, in what man renders without a warning', async () => {
    const page = manPage('1.2.3', '2026-11-24');
    expect(page).toContain('.B once\n');
    expect(page).toContain('.B \\-\\-frr.timeout=DURATION\n');
    // A line that begins with a dot or an apostrophe would be a request to the formatter.
    const requests = page.split('\n').filter((line) => /^[.']/.test(line));
    expect(requests.filter((line) => !/^\.(TH|SH|SS|TP|B|I|BR|RI) ?/.test(line))).toEqual([]);
  });
});

describe('the completion of bash', () => {
  it.each([
    [['frr-exporter', 'do'], 'doctor'],
    [['frr-exporter', '--frr.time'], '--frr.timeout='],
    [['frr-exporter', '--log.format=l'], 'logfmt'],
    [['frr-exporter', '--no-collector.evp'], '--no-collector.evpn'],
  ])('%j', async (words, completed) => {
    // What bash-completion's _init_completion does with `-n =:`.
    const script = `
      _init_completion() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=\${words[cword]}; prev=\${words[cword-1]}; }
      compopt() { :; }
      ${bashCompletion()}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _frr_exporter; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await execa('bash', ['-c', script]);
    expect(stdout).toBe(completed);
  });
});
