export { KeyRing } from './key-ring.js';
export { SecretBox, SecretUnreadable, type SecretPlace } from './secret-box.js';
