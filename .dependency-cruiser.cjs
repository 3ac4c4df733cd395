/** The floors of the house (docs/flow.md): imports point down only. Each message names the way out. */

const floor = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

const LIB = '^(?:libs/|node_modules/@workflows/)';
const lib = (...names) => `${LIB}(?:${names.join('|')})/`;
const TEST = '[.]spec[.]ts$|/__fixtures__/';

/** Siblings of the third floor do not know each other. */
const SIBLINGS = ['nodes', 'channels', 'storage', 'queue', 'ai'];

module.exports = {
  forbidden: [
    floor(
      'no-circular',
      {},
      { circular: true },
      'Two files need each other. Move what both need into a third, or turn the arrow with a registry or a fact.',
    ),
    floor(
      'core-is-the-ground',
      { path: '^libs/core/src/', pathNot: TEST },
      { path: `${lib('ports', ...SIBLINGS, 'engine', 'testing', 'emulator')}|^src/` },
      'libs/core is the lowest floor. Hand the value in as a parameter, or move the type down into libs/core.',
    ),
    floor(
      'core-is-pure',
      { path: '^libs/core/src/', pathNot: TEST },
      {
        path: '@nestjs|(?:^|/)(?:pg|bullmq|ioredis|undici|fastify|pino|rxjs)/|^(?:node:)?(?:fs|net|http|https|child_process|dns|tls|worker_threads|timers)',
      },
      'libs/core has no Nest, no I/O, no clock and no randomness. Let the caller pass what it found out in an event.',
    ),
    floor(
      'ports-know-core-only',
      { path: '^libs/ports/src/', pathNot: TEST },
      { path: `${lib(...SIBLINGS, 'engine', 'testing', 'emulator')}|^src/` },
      'A port is a promise, not an implementation. Move the type into libs/ports or libs/core.',
    ),
    ...SIBLINGS.map((name) =>
      floor(
        `${name}-knows-no-sibling`,
        { path: `^libs/${name}/src/`, pathNot: TEST },
        { path: `${lib(...SIBLINGS.filter((other) => other !== name), 'engine', 'emulator')}|^src/` },
        `libs/${name} stands on ports and core only. Put what both need behind a port in libs/ports, and let libs/engine bring them together.`,
      ),
    ),
    floor(
      'simulator-has-no-world',
      { path: '^libs/simulator/src/', pathNot: TEST },
      { path: `${lib('storage', 'queue', 'engine', 'emulator', 'testing')}|^src/` },
      'A test of a workflow runs in memory: the simulator stands on core, ports, nodes and channels only.',
    ),
    floor(
      'engine-knows-no-simulator',
      { path: '^libs/(?:core|ports|nodes|channels|storage|queue|ai|engine)/src/', pathNot: TEST },
      { path: lib('simulator') },
      'The engine runs workflows, the simulator rehearses them. Only src brings the two together.',
    ),
    floor(
      'engine-knows-no-application',
      { path: '^libs/engine/src/', pathNot: TEST },
      { path: `^src/|${lib('emulator')}` },
      'libs/engine is imported by other applications too. Hand it in through the options of WorkflowsModule.',
    ),
    floor(
      'testing-is-for-tests',
      { path: '^(?:libs|src)/', pathNot: `${TEST}|^libs/testing/` },
      { path: lib('testing') },
      'Only tests import @workflows/testing. Move what production needs to the floor that owns it.',
    ),
    floor(
      'emulator-knows-no-product',
      { path: '^libs/emulator/src/', pathNot: TEST },
      { path: `${lib('core', 'ports', ...SIBLINGS, 'engine', 'testing')}|^src/` },
      'The emulator stands in for Meta, so it may only know the wire protocol. Write the type again on its side.',
    ),
    floor(
      'nobody-knows-the-emulator',
      { path: '^(?:libs|src)/', pathNot: `${TEST}|^libs/(?:emulator|testing)/|^src/launcher/` },
      { path: lib('emulator') },
      'The product must not know that it is not talking to Meta. Only tests and the launcher start the emulator.',
    ),
    floor(
      'launcher-stands-outside',
      { path: '^src/', pathNot: `${TEST}|^src/(?:launcher|cli)/` },
      { path: '^src/(?:launcher|cli)/' },
      'The launcher and the CLI meet the application as a process, over HTTP; the application does not know them.',
    ),
    floor(
      'no-orphan-import',
      { path: '^(?:libs|src|test)/' },
      { couldNotResolve: true },
      'This import leads nowhere. Check the path (relative ones end in .js) and the package.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/' },
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
    skipAnalysisNotInRules: true,
  },
};
