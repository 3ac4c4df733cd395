import fc from 'fast-check';

/**
 * Properties try the same values on every run, so that a change is judged and not luck. FC_SEED tries others:
 * `FC_SEED=$RANDOM npm run test:unit`. What a new seed finds becomes an example of its test.
 */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? '20261123') });
