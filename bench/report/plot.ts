import type { WorkResult } from '../result.js';

const [WIDTH, BAR, GAP, LEFT] = [760, 26, 12, 220];

/** Runs a second of the works that have them, as bars. */
export function plotOf(works: readonly WorkResult[]): string {
  const bars = works.flatMap(({ work, runsPerSecond }) => (runsPerSecond === undefined ? [] : [{ work, runsPerSecond }]));
  const most = Math.max(1, ...bars.map(({ runsPerSecond }) => runsPerSecond));
  const height = 50 + bars.length * (BAR + GAP);
  const lines = bars.map(({ work, runsPerSecond }, index) => {
    const y = 40 + index * (BAR + GAP);
    const width = Math.round(((WIDTH - LEFT - 80) * runsPerSecond) / most);
    const fill = work.startsWith('bullmq') ? '#9aa5b1' : '#2f6f4f';
    return [
      `<text x="${LEFT - 10}" y="${y + 18}" text-anchor="end">${work}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" fill="${fill}" rx="3"/>`,
      `<text x="${LEFT + width + 8}" y="${y + 18}">${runsPerSecond}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="14">`,
    `<rect width="100%" height="100%" fill="white"/><text x="20" y="24" font-weight="bold">Runs a second</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}
