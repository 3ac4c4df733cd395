import { describe, expect, it } from '@jest/globals';
import { Ledger } from './ledger.js';

describe('the ledger', () => {
  it('keeps a message read, though the receipt of its delivery is overtaken on a busy machine', () => {
    const ledger = new Ledger();
    const entry = ledger.append({
      at: '2026-03-02T12:00:00.000Z',
      messageId: 'wamid.1',
      phoneNumberId: '1',
      waId: '5511988887777',
      userId: null,
      type: 'text',
      text: 'hello',
      options: [],
      effectRef: null,
      body: {},
    });
    ledger.setState(entry, 'sent');
    ledger.setState(entry, 'read');
    ledger.setState(entry, 'delivered');
    expect(ledger.find('wamid.1')?.state).toBe('read');
  });
});
